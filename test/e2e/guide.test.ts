import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { embedManifest, parseManifest } from "@millrace/machine";
import { createDeal, moduleCid } from "@millrace/sdk";
import { expect } from "chai";
import { execa } from "execa";
import { type Devnet } from "../../scripts/devnet/devnet.ts";
import { root, startNetwork, termsOf } from "./support.ts";

/** The commands of the guide's `sh` blocks, in order. */
async function guideCommands(): Promise<string[]> {
  const text = await readFile(join(root, "docs/developer.md"), "utf8");
  return [...text.matchAll(/^```sh\n([\s\S]*?)^```/gm)].flatMap(([, block = ""]) =>
    block.split("\n").filter((line) => line.trim() !== ""),
  );
}

describe("the developer's guide", function () {
  this.timeout(600_000);
  let net: Devnet;
  let remove: () => Promise<void>;
  let scratch: string;

  before(async () => {
    scratch = await mkdtemp(join(tmpdir(), "millrace-guide-"));
    ({ net, remove } = await startNetwork({
      nodes: [
        { account: "provider1", units: 2, ask: "0.001", regionGroup: 4, country: "DE" },
        { account: "provider2", units: 2, ask: "0.0012", regionGroup: 5, country: "US" },
      ],
    }));
    // The deal that npm start makes, as far as its number goes: nobody works for this price.
    const cid = await moduleCid(new Uint8Array());
    const terms = termsOf(net, cid, { priceLimit: 1n });
    await createDeal(await net.connectAs("developer"), { terms, deposit: 1_000n });
  });
  after(async () => {
    await remove();
    await rm(scratch, { recursive: true, force: true });
  });

  it("has commands that all work, in its order", async () => {
    const [first, ...commands] = await guideCommands();
    expect(first).to.equal("npm start");
    const said = new Map<string, string>();
    for (const command of commands) {
      const typed = command
        .replace(/^npx millrace/, "node cli/bin/millrace.mjs")
        .replaceAll(/ my-function/g, ` ${join(scratch, "my-function")}`);
      said.set(command, await runCommand(typed));
    }
    expect(said.get("npx millrace deal call 2 --body Ada")).to.include("Ada");
    expect(said.get("npx millrace deal watch 2")).to.include("The deal has ended");
  });

  it("points to examples of the SDK that run", async () => {
    const code = await readFile(join(root, "sandbox/test/fixtures/echo.wasm"));
    const module = join(scratch, "echo.wasm");
    await writeFile(module, embedManifest(code, parseManifest({ name: "echo", contentType: "text/plain" })));
    const example = (name: string, ...args: string[]) =>
      runCommand(["node", join("sdk/examples", `${name}.ts`), ...args].join(" "));
    const deployed = await example("deployAndCall", module);
    expect(deployed)
      .to.match(/Deal 3 is served by node \d/)
      .and.match(/answered 200: [^]*Ada/);
    const watched = await example("watchDeal", "1", "2");
    expect(watched).to.include("The deal was created").and.include("ask more than the limit");
    expect(watched).to.include("status: The deal is matching");
    const kept = await example("privateDeal", module);
    expect(kept)
      .to.match(/owner gets 200/)
      .and.match(/Without a permission: permission-/);
    expect(kept).to.include("With one: 200.");
  });

  /** Runs one command line from the root; returns what it printed to stdout. */
  async function runCommand(typed: string): Promise<string> {
    const result = await execa(typed, {
      ...{ shell: true, cwd: root, all: true, reject: false },
      env: {
        MILLRACE_NETWORK: join(net.folder, "network.json"),
        MILLRACE_HOME: join(scratch, "home"),
        MILLRACE_PASSWORD: "correct horse",
      },
    });
    expect(result.exitCode, `${typed}\n${result.all}`).to.equal(0);
    return result.stdout;
  }
});
