import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { execa } from "execa";
import { type Service, startService, waitUntil } from "../../scripts/devnet/service.ts";
import { root } from "./support.ts";

/** The commands of the README's `sh` blocks, in order. */
async function readmeCommands(): Promise<string[]> {
  const text = await readFile(join(root, "README.md"), "utf8");
  return [...text.matchAll(/^```sh\n([\s\S]*?)^```/gm)].flatMap(([, block = ""]) =>
    block.split("\n").filter((line) => line.trim() !== "" && !line.startsWith("#")),
  );
}

describe("the README", function () {
  this.timeout(240_000);
  let service: Service | undefined;
  let scratch: string;

  before(async () => {
    scratch = await mkdtemp(join(tmpdir(), "millrace-readme-"));
  });
  after(async () => {
    await service?.stop(30_000);
    await rm(scratch, { recursive: true, force: true });
  });

  it("has commands that all work, in its order", async () => {
    const commands = await readmeCommands();
    expect(commands).to.include("npm start");
    expect(commands).to.include("npm test");
    const folder = join(scratch, "devnet");
    for (const command of commands) {
      // What runs this test; running it again would not end.
      if (command === "npm test") continue;
      if (command === "npm start") {
        service = await startService({
          name: "npm start",
          script: join(root, "scripts/start.ts"),
          args: ["--folder", folder],
          logFile: join(scratch, "start.log"),
        });
        await waitUntil(
          "npm start",
          async () => (await readFile(join(scratch, "start.log"), "utf8")).includes("runs until Ctrl-C"),
          { service, timeoutMs: 120_000 },
        );
        continue;
      }
      const result = await execa(command.replace(/ my-function/, ` ${join(scratch, "my-function")}`), {
        shell: true,
        cwd: root,
        env: { MILLRACE_NETWORK: join(folder, "network.json") },
        all: true,
        reject: false,
      });
      expect(result.exitCode, `${command}\n${result.all}`).to.equal(0);
    }
  });

  it("ends every process when it is told to", async () => {
    const network = JSON.parse(await readFile(join(scratch, "devnet/network.json"), "utf8")) as {
      rpcUrl: string;
      apiUrl: string;
      nodes: { endpoint: string }[];
    };
    await service?.stop(30_000);
    expect(service?.ended()).to.equal("exit code 0");
    for (const url of [network.rpcUrl, network.apiUrl, ...network.nodes.map(({ endpoint }) => endpoint)])
      expect(await fetch(url).catch(() => "gone")).to.equal("gone");
  });
});
