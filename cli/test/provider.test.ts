import { randomBytes } from "node:crypto";
import { spawn, type ChildProcess } from "node:child_process";
import { chmod, mkdir, open, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { embedManifest, parseManifest } from "@millrace/machine";
import { registryAbi, read } from "@millrace/sdk";
import { expect } from "chai";
import { execa } from "execa";
import getPort from "get-port";
import { startDevnet, type Devnet } from "../../scripts/devnet/devnet.ts";
import { stopDaemon, until } from "./support/processes.ts";
import {
  entry,
  millrace,
  millraceFails,
  millraceJson,
  root,
  scratchFolder,
  type Setting,
} from "./support/millrace.ts";

/** The `sh` blocks under each heading of docs/provider.md, as lists of commands. */
async function readGuide(): Promise<Map<string, string[]>> {
  const text = await readFile(join(root, "docs/provider.md"), "utf8");
  const sections = text.split(/^## /m).slice(1);
  return new Map(
    sections.map((section) => [
      section.split("\n", 1)[0] ?? "",
      [...section.matchAll(/^```sh\n([\s\S]*?)^```/gm)].flatMap(([, block = ""]) => block.trim().split("\n")),
    ]),
  );
}

/** A provider who does what the guide says, command by command, from nothing to leaving. */
describe("the provider's guide, on a network", function () {
  this.timeout(240_000);
  let net: Devnet;
  let setting: Setting;
  let remove: () => Promise<void>;
  let guide: Map<string, string[]>;
  let daemon: ChildProcess | undefined;
  let port: number;
  let deal = "";
  const json = <T>(...args: string[]) => millraceJson<T>(setting, args);
  const fails = (...args: string[]) => millraceFails(setting, args);

  before(async () => {
    const scratch = await scratchFolder();
    ({ remove } = scratch);
    const bin = join(scratch.folder, "bin");
    await mkdir(bin);
    await writeFile(join(bin, "millrace"), `#!/bin/sh\nexec "${process.execPath}" "${entry}" "$@"\n`);
    await chmod(join(bin, "millrace"), 0o755);
    setting = { cwd: scratch.folder, env: { PATH: `${bin}:${process.env["PATH"] ?? ""}` } };
    port = await getPort({ host: "127.0.0.1" });
    guide = await readGuide();
    net = await startDevnet({
      folder: join(scratch.folder, ".millrace/devnet"),
      ...{ epochDuration: 5, finalityDepth: 5, nodes: [] },
    });
  });
  after(async () => {
    if (daemon !== undefined) await stopDaemon(daemon);
    await net.stop();
    await remove();
  });

  /** Runs a section's commands; those that run a node in the foreground are started and left running. */
  async function follow(heading: string, only: (command: string) => boolean = () => true): Promise<string> {
    const commands = guide.get(heading) ?? [];
    expect(commands, heading).not.to.deep.equal([]);
    let said = "";
    for (const command of commands.filter(only)) {
      if (/^millrace node start(?!.*--check)/.test(command)) {
        await startDaemon(command.split(" ").at(-1) ?? "");
        continue;
      }
      const { exitCode, all } = await execa(command.replace("8701", String(port)), {
        ...{ shell: true, all: true, reject: false, cwd: setting.cwd },
        env: { ...setting.env, MILLRACE_HOME: join(setting.cwd, "home") },
      });
      expect(exitCode, `${command}\n${all}`).to.equal(0);
      said += `${all}\n`;
    }
    return said;
  }

  async function startDaemon(folder: string): Promise<void> {
    if (daemon !== undefined) await stopDaemon(daemon);
    const log = await open(join(setting.cwd, "node.log"), "a");
    const args = [entry, "node", "start", "--config", folder];
    daemon = spawn(process.execPath, args, { cwd: setting.cwd, stdio: ["ignore", log.fd, log.fd] });
    await log.close();
    await until("the node attends", isAttending);
  }

  async function isAttending(): Promise<boolean> {
    const { exitCode } = await millrace(setting, ["node", "status", "1"]);
    if (exitCode !== 0) return false;
    const { attended } = await json<{ attended: boolean }>("node", "status", "1");
    return attended;
  }

  async function answers(): Promise<void> {
    const text = randomBytes(12).toString("hex");
    await until("the deal is answered", async () => {
      const { exitCode, stdout } = await millrace(setting, ["deal", "call", deal, "--body", text]);
      return exitCode === 0 && stdout.includes(text);
    });
  }

  it("Register and stake; Set up a node", async () => {
    expect(await follow("Register and stake")).to.match(/free stake +1,?000 MILL/);
    const said = await follow("Set up a node");
    expect(said)
      .to.match(/this machine .*MiB\/s of SHA-256/)
      .and.match(/proposal +\d+ units?/);
    expect(said).to.include("100 Mbit/s: 2 units");
  });

  it("Check and run", async () => {
    const said = await follow("Check and run");
    expect(said).to.match(/✓ The key 0x\w+ speaks for node 1\./);
    expect(said)
      .to.match(/✓ The node answers at http/)
      .and.match(/✓ The node answers at http\S+ \(asked by http\S+\)\./)
      .and.match(/✓ The registry names http/);
    expect(said).to.match(/a week of attending \(120960 epochs at .*Send it to 0x|enough for a week/);
  });

  it("Prices and Money: a deal is served, earnings are shown and claimed", async () => {
    expect(await follow("Prices")).to.include("0.002 tUSD per unit and epoch");
    const code = await readFile(join(root, "sandbox/test/fixtures/echo.wasm"));
    await writeFile(join(setting.cwd, "echo.wasm"), embedManifest(code, parseManifest({ name: "echo" })));
    await until(
      "the backend knows the offer",
      async () => (await millrace(setting, ["quote", "--workers", "1"])).exitCode === 0,
    );
    const made = ["function", "deploy", "echo.wasm", "--workers", "1", "--epochs", "100"];
    ({ deal } = await json<{ deal: string }>(...made));
    await answers();
    interface Earnings {
      workers: { claimed: string; claimable: string }[];
      totals: { remains: string; gas: string | null }[];
      gasSpentWei: string;
    }
    const earnings = (...args: string[]) => json<Earnings>("provider", "earnings", ...args);
    await until("an epoch is earned", async () => Number((await earnings()).workers[0]?.claimable) > 0);
    expect(await follow("Money"))
      .to.match(/gas spent +0\.0\d+ ETH/)
      .and.include("tUSD paid to");
    const after = await earnings("--coin-price", "1000");
    expect(Number(after.workers[0]?.claimed) % 1_980).to.equal(0);
    expect(Number(after.workers[0]?.claimed)).to.be.above(0);
    const [total] = after.totals;
    expect(BigInt(total?.gas ?? 0)).to.equal((1_000_000_000n * BigInt(after.gasSpentWei)) / 10n ** 18n);
  });

  it("set-payout counts later, and the present payout address cancels it", async () => {
    const target = net.accounts.caller.address;
    const asked = await json<{ payout: string; changesAt: number }>("provider", "set-payout", target);
    expect(asked.payout).not.to.equal(target);
    expect(asked.changesAt).to.be.above(Date.now() / 1000);
    const denied = ["provider", "set-payout", "--cancel", "--provider", "1", "--wallet", "caller"];
    expect((await fails(...denied)).code).to.equal("registry-unauthorized");
    expect(await json("provider", "set-payout", "--cancel", "--provider", "1")).to.include({
      ...{ pendingPayout: null, payout: asked.payout },
    });
  });

  it("set-endpoint: the check warns of another URL and names the command that mends it", async () => {
    await json("node", "set-endpoint", "http://127.0.0.1:1", "--node", "1");
    const { stdout } = await millrace(setting, ["node", "start", "--check", "--config", "node1"]);
    expect(stdout).to.match(/! The registry sends callers to .*millrace node set-endpoint --config .*node1/);
    expect(await json("node", "set-endpoint", "--config", "node1")).to.include({ changed: true });
    expect(await json("node", "set-endpoint", "--config", "node1")).to.include({ changed: false });
  });

  it("Backup and restore: the same node serves from another folder", async () => {
    if (daemon !== undefined) await stopDaemon(daemon);
    daemon = undefined;
    await follow("Backup and restore");
    await answers();
  });

  it("A new operator key: the running node changes over at the next epoch", async () => {
    const { operator } = await json<{ operator: string }>("node", "status", "1");
    await follow("A new operator key");
    await until("it speaks with the new key", async () => {
      const status = await json<{ operator: string; attended: boolean }>("node", "status", "1").catch(
        () => undefined,
      );
      return status !== undefined && status.operator !== operator && status.attended;
    });
    await answers();
  });

  it("Leave: resign, retire, unstake; nothing is left behind", async () => {
    expect((await fails("node", "retire", "1")).nextStep).to.include("millrace node resign 1 --all");
    await follow("Leave", (command) => /offer off|resign/.test(command));
    // Two epochs' notice, a last epoch, and the dispute window of 20 s.
    const isLeft = async () => {
      const { steps } = await json<{ steps: object[] }>("node", "resign", "1", "--all");
      return steps.length === 0;
    };
    await until("no worker is left", isLeft, 120_000);
    const said = await follow("Leave", (command) => !/offer off|resign/.test(command));
    expect(said)
      .to.include("retired for good")
      .and.match(/1,?000 MILL from .*millrace provider withdraw/);
    const chain = await net.connectAs("caller");
    const { registry: address } = chain.deployment.contracts;
    const { retired } = await read(chain, { address, abi: registryAbi, functionName: "getNode", args: [1] });
    expect(retired).to.equal(true);
    if (daemon !== undefined) await stopDaemon(daemon);
    daemon = undefined;
    await chain.publicClient.request({ method: "evm_increaseTime", params: [61] } as never);
    await until("it has thawed", async () => {
      const { withdrawn } = await json<{ withdrawn: string }>("provider", "withdraw");
      return withdrawn === `1000${"0".repeat(18)}`;
    });
  });
});
