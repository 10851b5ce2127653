import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { execa } from "execa";
import getPort from "get-port";
import { isAddress, parseEther, type Address } from "viem";
import { createTestDatabase, type TestDatabase } from "../../backend/test/store/databases.ts";
import { startNetwork, type TestNetwork } from "../../backend/test/support/network.ts";
import { testClient } from "../../scripts/devnet/chain.ts";
import { root } from "./support.ts";

/** The page's `sh` blocks, in order. */
async function blocksOfPage(): Promise<string[]> {
  const text = await readFile(join(root, "docs/operations.md"), "utf8");
  return [...text.matchAll(/^```sh\n([\s\S]*?)^```/gm)].map(([, block = ""]) => block);
}

describe("docs/operations.md", function () {
  this.timeout(240_000);
  let network: TestNetwork;
  let database: TestDatabase;
  let home: string;

  before(async () => {
    [network, database] = await Promise.all([startNetwork(), createTestDatabase("postgresql")]);
    home = await mkdtemp(join(tmpdir(), "millrace-operations-"));
  });
  after(async () => {
    for (const name of ["backend", "first", "second"]) {
      const pid = Number(await readFile(join(home, "millrace", `${name}.pid`), "utf8").catch(() => "0"));
      try {
        if (pid > 0) process.kill(pid, "SIGKILL");
      } catch {
        // It ended, as the page told it to.
      }
    }
    await database.remove();
    await network.stop();
    await rm(home, { recursive: true, force: true });
  });

  it("has commands that all work, in its order", async () => {
    await mkdir(home, { recursive: true });
    const ports = new Map<string, string>();
    for (const port of ["8080", "8081", "8082"])
      ports.set(port, String(await getPort({ host: "127.0.0.1" })));
    const blocks = await blocksOfPage();
    expect(blocks.length).to.be.greaterThan(7);
    const outputs: string[] = [];
    for (const block of blocks) {
      const script = block.replaceAll(/808[012]/g, (port) => ports.get(port) ?? port);
      // The page's first half is on the embedded database, its second on PostgreSQL.
      const isShared = outputs.length > blocks.findIndex((one) => one.includes("backend.pid")) + 1;
      const { exitCode, stdout, stderr } = await execa("bash", ["-euc", script], {
        cwd: root,
        env: {
          HOME: home,
          PATH: `${join(root, "node_modules/.bin")}:${process.env["PATH"] ?? ""}`,
          RPC_URL: network.rpcUrl,
          DEPLOYMENT_FILE: network.record,
          PORT: ports.get("8080"),
          ...(isShared && database.databaseUrl !== undefined ? { DATABASE_URL: database.databaseUrl } : {}),
        },
        extendEnv: false,
        reject: false,
      });
      expect(exitCode, `${script}\n${stdout}\n${stderr}`).to.equal(0);
      outputs.push(stdout);
      if (block.includes("wallet new")) await sendCoins(stdout);
    }
    const all = outputs.join("\n");
    expect(all).to.match(/ok\s+wallet\s+0x\w{40} has 100 coins/);
    expect(all).to.match(/indexer is led by /);
    expect(all).to.match(/^millrace_leader\{role="matcher"\} 1$/m);
    // Nobody has registered yet: the rebuilt tables are empty.
    expect(outputs.at(-1)).to.match(/^The index stands on block \d+\.\s+0$/);
  });

  async function sendCoins(output: string): Promise<void> {
    const address = output.split("\n").find((line): line is Address => isAddress(line.trim()));
    if (address === undefined) throw new Error(`No address in: ${output}`);
    await testClient(network.rpcUrl).setBalance({ address, value: parseEther("100") });
  }
});
