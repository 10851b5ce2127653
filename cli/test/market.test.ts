import { randomBytes } from "node:crypto";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { open, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { embedManifest, parseManifest } from "@millrace/machine";
import { dealsAbi, read, readDeal, readOwed, registryAbi } from "@millrace/sdk";
import { expect } from "chai";
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

interface Deployed {
  deal: string;
  status: string;
  fundedThroughEpoch: string;
  ratePerEpoch: string;
  workers: { node: number; state: string; use: { calls: number; fuel: string } }[];
}

interface Committed {
  functionCommitment: string;
  terms: { functionCommitment: string };
}

interface Called {
  status: number;
  node: number;
  body: string;
  requestId: string;
  fuelUsed: string;
}

/** A provider and a developer who have nothing but the command: real chain, real backend, real node. */
describe("millrace on a network", function () {
  this.timeout(240_000);
  let net: Devnet;
  let setting: Setting;
  let remove: () => Promise<void>;
  let daemon: ChildProcess | undefined;
  let module: string;
  const json = <T>(...args: string[]) => millraceJson<T>(setting, args);
  const fails = (...args: string[]) => millraceFails(setting, args);
  const hasEnded = async (deal: string) =>
    (await readDeal(await net.connectAs("caller"), BigInt(deal))).status === "ended";

  before(async () => {
    const scratch = await scratchFolder();
    setting = { cwd: scratch.folder };
    ({ remove } = scratch);
    net = await startDevnet({
      folder: join(scratch.folder, ".millrace/devnet"),
      epochDuration: 5,
      finalityDepth: 5,
      nodes: [],
    });
    const code = await readFile(join(root, "sandbox/test/fixtures/echo.wasm"));
    module = join(scratch.folder, "echo.wasm");
    const name = `echo-${randomBytes(4).toString("hex")}`;
    await writeFile(module, embedManifest(code, parseManifest({ name, contentType: "text/plain" })));
  });
  after(async () => {
    if (daemon !== undefined) await stopDaemon(daemon);
    await net.stop();
    await remove();
  });

  it("finds the devnet by itself", async () => {
    const status = await json<{ chain: { isUp: boolean }; backend: { isUp: boolean } }>("dev", "status");
    expect(status.chain.isUp && status.backend.isUp).to.equal(true);
    const { balances } = await json<{ balances: { symbol: string; amount: string }[] }>("wallet", "balance");
    expect(balances.map(({ symbol }) => symbol)).to.deep.equal(["ETH", "MILL", "tUSD"]);
    expect(balances[2]?.amount).to.equal("1000000000");
  });

  it("before there is any node: says so instead of guessing a price", async () => {
    expect((await fails("quote")).code).to.equal("offers-missing");
    const quote = await json<{ minimumDeposit: string }>(
      "quote",
      module,
      "--limit",
      "0.002",
      "--workers",
      "3",
      "--units",
      "2",
    );
    expect(quote.minimumDeposit).to.equal(String(2 * 3 * 2 * 2_000));
    const short = await fails(
      "function",
      "deploy",
      module,
      "--limit",
      "0.002",
      "--workers",
      "1",
      "--deposit",
      "0.000001",
    );
    expect(short.code).to.equal("deals-deposit-too-small");
  });

  it("a deal that no node can serve waits, says why, and gives the money back", async () => {
    const argv = [
      "function",
      "deploy",
      module,
      "--limit",
      "0.002",
      "--workers",
      "1",
      "--deposit",
      "1",
      "--timeout",
      "2",
    ];
    const { code, details, nextStep } = await fails(...argv);
    expect(code).to.equal("deal-waiting");
    expect(details).to.equal(
      "It waits for 1 more worker: no other node offers units in tUSD; wait for providers or pay in another token.",
    );
    expect(nextStep).to.include("millrace deal stop 1");
    const shown = await json<{ status: string; waitingFor: string }>("deal", "show", "1");
    expect(shown).to.include({ status: "matching", waitingFor: details });
    await json("deal", "stop", "1");
    await until("the epoch is over", () => hasEnded("1"));
    expect(await json<{ withdrawn: string }>("deal", "withdraw", "1")).to.include({ withdrawn: "1000000" });
    expect((await fails("deal", "withdraw", "1")).code).to.equal("nothing-to-withdraw");
  });

  it("Ctrl-C while it waits says what exists and how to go on", async () => {
    const argv = ["function", "deploy", module, "--limit", "0.002", "--workers", "1", "--deposit", "1"];
    const child = spawn(process.execPath, [entry, ...argv], {
      cwd: setting.cwd,
      env: { PATH: process.env["PATH"] },
    });
    let said = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      said += text;
      if (said.includes("Created deal 2")) child.kill("SIGINT");
    });
    const [exitCode] = (await once(child, "close")) as [number];
    expect(exitCode).to.equal(130);
    expect(said).to.match(
      /✗ Interrupted\.\n {2}next: Deal 2 exists and goes on: millrace deal show 2\n.*millrace deal stop 2\n$/,
    );
    await json("deal", "stop", "2");
  });

  it("provider: registers and stakes", async () => {
    expect((await fails("provider", "status")).nextStep).to.equal("millrace provider register");
    expect(await json<{ provider: number }>("provider", "register")).to.include({ provider: 1 });
    expect((await fails("provider", "register")).code).to.equal("provider-exists");
    expect((await fails("provider", "stake", "999999999999")).code).to.equal("balance-short");
    expect((await fails("provider", "stake", "0.0000000000000000001")).code).to.equal("amount-invalid");
    const { free } = await json<{ free: string }>("provider", "stake", "1000");
    expect(free).to.equal(`1000${"0".repeat(18)}`);
  });

  it("provider: sets a node up and runs it", async () => {
    const port = String(await getPort({ host: "127.0.0.1" }));
    await json("node", "init", "node1", "--port", port);
    expect((await fails("node", "init", "node1")).code).to.equal("node-exists");
    expect((await fails("node", "start", "--config", "node1")).code).to.equal("node-not-added");
    const add = ["node", "add", "--config", "node1", "--ask", "0.001", "--region", "europe", "--units", "4"];
    const added = await json<{ node: number; gasSent: string; attributes: { regionGroup: number } }>(...add);
    expect(added).to.include({ node: 1, gasSent: String(10n ** 17n) });
    expect(added.attributes.regionGroup).to.equal(4);
    // Interrupted or not: the same command again changes nothing.
    expect(await json<{ node: number; gasSent: string }>(...add)).to.include({ node: 1, gasSent: "0" });
    expect((await millrace(setting, ["node", "status", "--config", "node1"])).exitCode).to.equal(1);

    const log = await open(join(setting.cwd, "node1.log"), "w");
    daemon = spawn(process.execPath, [entry, "node", "start", "--config", "node1"], {
      cwd: setting.cwd,
      env: { PATH: process.env["PATH"] },
      stdio: ["ignore", log.fd, log.fd],
    });
    await log.close();
    await until("the node attends", async () => {
      const chain = await net.connectAs("caller");
      const { registry: address, deals } = chain.deployment.contracts;
      const epoch = await read(chain, {
        address: deals,
        abi: dealsAbi,
        functionName: "currentEpoch",
        args: [],
      });
      return read(chain, { address, abi: registryAbi, functionName: "attended", args: [1, epoch] });
    });
    expect(await json<{ isUp: boolean; gasMoney: string }>("node", "status", "1")).to.include({ isUp: true });
  });

  it("provider: changes the offer", async () => {
    const shown = () => json<{ offers: { askPerUnitEpoch: string; on: boolean }[] }>("offer", "show");
    await json("offer", "set", "1", "--ask", "0.002");
    expect((await shown()).offers[0]).to.include({ askPerUnitEpoch: "2000", on: true });
    await json("offer", "off", "1");
    expect((await shown()).offers[0]).to.include({ askPerUnitEpoch: "2000", on: false });
    await json("offer", "set", "1", "--ask", "0.001");
    const denied = await fails("offer", "set", "1", "--ask", "1", "--wallet", "provider2");
    expect(denied.code).to.equal("registry-unauthorized");
  });

  describe("developer", () => {
    let deal: string;

    it("deploys with one command", async () => {
      await until(
        "the backend knows the offer",
        async () => (await millrace(setting, ["quote", "--workers", "1"])).exitCode === 0,
      );
      const argv = [
        "function",
        "deploy",
        module,
        "--workers",
        "1",
        "--region",
        "europe",
        "--region",
        "asia",
        "--epochs",
        "60",
      ];
      const { exitCode, stdout, stderr } = await millrace(setting, argv);
      expect(exitCode, stderr).to.equal(0);
      expect(stderr).to.include("✓ Checked and stored as bafkrei").and.include("✓ Ready on node 1");
      expect(stdout).to.match(/^deal +3 \(active\)\n/);
      expect(stdout).to.match(/paid until +the end of epoch \d+/);
      expect(stdout).to.match(/next +millrace deal call 3 --body/);
      deal = "3";
      const { functionCommitment } = await json<Committed>("function", "inspect", module);
      expect(stdout).to.include(`commitment  ${functionCommitment}`);
      const shown = await json<Committed>("deal", "show", deal);
      expect(shown).to.include({ functionCommitment });
      expect(shown.terms.functionCommitment).to.equal(functionCommitment);
      expect((await millrace(setting, ["deal", "show", deal])).stdout).to.include(functionCommitment);
    });

    it("calls it, with text and with bytes", async () => {
      const text = randomBytes(12).toString("hex");
      const called = await json<Called>("deal", "call", deal, "--body", text, "--path", "/a/b?c=d");
      expect(called).to.include({ status: 200, node: 1 });
      expect(called.body).to.include(text).and.include("/a/b");
      expect(called.fuelUsed).to.match(/^[1-9]\d{3,}$/);
      expect(await fails("deal", "call", deal, "--fuel", "1000")).to.include({
        code: "function-out-of-fuel",
      });
      const sent = randomBytes(50_000);
      await writeFile(join(setting.cwd, "bytes"), sent);
      const { bytes, stderr } = await millrace(setting, ["deal", "call", deal, "--file", "bytes", "-v"]);
      expect(Buffer.from(bytes).includes(sent)).to.equal(true);
      expect(stderr).to.match(/^200 from node 1 in [\d.]+ ms, [\d,]+ units of fuel, request [\w-]+\n$/);
    });

    it("behavior: calls and shows go on while the backend is down", async () => {
      await net.backend.kill();
      const text = randomBytes(12).toString("hex");
      expect((await json<Called>("deal", "call", deal, "--body", text)).body).to.include(text);
      expect(await json<{ status: string }>("deal", "show", deal)).to.include({ status: "active" });
      expect((await fails("function", "deploy", module)).code).to.equal("api-unreachable");
      await net.restartBackend();
    });

    it("shows, lists and funds the deal", async () => {
      const before = await json<Deployed & { workers: object[]; waitingFor: null }>("deal", "show", deal);
      expect(before).to.include({ status: "active", ratePerEpoch: "1000", waitingFor: null });
      expect(before.workers[0]).to.include({ node: 1, state: "ready" });
      expect(before.workers[0]?.use.calls).to.be.above(0);
      expect(before.workers[0]?.use.fuel).to.match(/^[1-9]\d{3,}$/);
      const funded = await json<Deployed>("deal", "fund", deal, "0.5");
      expect(Number(funded.fundedThroughEpoch) - Number(before.fundedThroughEpoch)).to.equal(500);
      const short = await fails("deal", "fund", deal, "1000000");
      expect(short).to.include({ code: "balance-short", nextStep: "Send it that much, or deposit less." });
      expect((await fails("deal", "fund", deal, "0.0000001")).code).to.equal("amount-invalid");
      const { deals } = await json<{ deals: { deal: string }[] }>("deal", "list");
      expect(deals.map((each) => each.deal)).to.include(deal);
      expect((await json<{ deals: object[] }>("deal", "list", "--all")).deals).to.have.length(3);
    });

    it("keeps a private deal to itself and those it permits", async () => {
      const argv = [
        "function",
        "deploy",
        module,
        "--workers",
        "1",
        "--limit",
        "0.001",
        "--deposit",
        "0.2",
        "--private",
      ];
      const { deal: own } = await json<Deployed>(...argv);
      const call = (...more: string[]) => ["deal", "call", own, "--body", "hi", ...more];
      expect((await json<Called>(...call())).body).to.include("hi");
      expect((await fails(...call("--wallet", "caller"))).code).to.match(/^permission-/);
      const caller = net.accounts.caller.address;
      const { text } = await json<{ text: string }>("deal", "permit", own, caller, "--hours", "1");
      expect((await json<Called>(...call("--wallet", "caller", "--permission", text))).body).to.include("hi");
      expect((await fails(...call("--wallet", "provider2", "--permission", text))).code).to.equal(
        "caller-mismatch",
      );
      expect((await fails("deal", "permit", own, caller, "--wallet", "caller")).code).to.equal(
        "permission-not-issued",
      );
      await json("deal", "stop", own);
    });

    it("says of a failing call what happened, with the request's id", async () => {
      expect((await fails("deal", "call", "99")).code).to.equal("deals-unknown");
      expect((await fails("deal", "show", "99")).nextStep).to.include("millrace deal list");
    });

    it("the provider claims, the developer stops and takes the rest", async () => {
      await until("an epoch is earned", async () => {
        const { pay } = await readOwed(await net.connectAs("caller"), { deal: BigInt(deal), node: 1 });
        return pay > 0n;
      });
      const { workers } = await json<{ workers: { deal: string; pay: string }[] }>("provider", "status");
      expect(workers.find((worker) => worker.deal === deal)?.pay).to.not.equal("0");
      const { payments } = await json<{ payments: { what: string; amount: string }[] }>("provider", "claim");
      const paid = payments.find(({ what }) => what === `deal ${deal}, node 1`);
      // 0.001 tUSD an epoch less the protocol's 1 %.
      expect(Number(paid?.amount) % 990).to.equal(0);
      expect((await fails("deal", "stop", deal, "--wallet", "caller")).code).to.equal("deals-unauthorized");
      expect((await fails("deal", "withdraw", deal, "5")).code).to.equal("deals-withdraw-too-large");
      await json("deal", "stop", deal);
      await until("it has ended", () => hasEnded(deal));
      const { withdrawn } = await json<{ withdrawn: string }>("deal", "withdraw", deal);
      expect(Number(withdrawn)).to.be.greaterThan(400_000);
    });
  });

  // mocha runs the tests of nested suites after those beside them: what comes last stands in a suite too.
  describe("the end", () => {
    it("SIGTERM ends the node in order", async () => {
      if (daemon === undefined) throw new Error("the node was never started");
      expect(await stopDaemon(daemon)).to.equal(0);
      daemon = undefined;
      const { exitCode, stdout } = await millrace(setting, ["node", "status", "1", "--json"]);
      expect(exitCode).to.equal(1);
      expect(JSON.parse(stdout)).to.include({ isUp: false });
    });
  });
});
