import { randomBytes } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { embedManifest, parseManifest } from "@millrace/machine";
import { createApi } from "@millrace/sdk";
import { readKeystore } from "@millrace/sdk/node";
import { expect } from "chai";
import { zeroHash } from "viem";
import { startDevnet, type Devnet } from "../../scripts/devnet/devnet.ts";
import {
  millrace,
  millraceFails,
  millraceJson,
  root,
  scratchFolder,
  type Setting,
} from "./support/millrace.ts";
import { openTerminal } from "./support/terminal.ts";

interface Shown {
  status: string;
  waitingFor: string | null;
  ratePerEpoch: string;
  ratePerDay: string;
  cid: string;
  modules: { present: { version: number }; all: { cid: string; functionCommitment: string }[] };
  workers: { node: number; state: string; attributes: { country: string } }[];
  history: { name: string; sentence: string; at: number }[];
}

interface News {
  kind: string;
  name: string;
  sentence: string;
  at: number;
}

/** Two developers and the last units of a network, partly in real terminals. */
describe("the developer's life", function () {
  this.timeout(600_000);
  let net: Devnet;
  let setting: Setting;
  let remove: () => Promise<void>;
  let cids: string[];
  const json = <T>(...args: string[]) => millraceJson<T>(setting, args);
  const fails = (...args: string[]) => millraceFails(setting, args);

  before(async () => {
    const scratch = await scratchFolder();
    setting = { cwd: scratch.folder };
    ({ remove } = scratch);
    net = await startDevnet({
      folder: join(scratch.folder, ".millrace/devnet"),
      epochDuration: 5,
      finalityDepth: 5,
      nodes: [
        { account: "provider1", units: 1, ask: "0.001", regionGroup: 4, country: "DE" },
        { account: "provider2", units: 1, ask: "0.0012", regionGroup: 5, country: "US" },
      ],
    });
    const code = await readFile(join(root, "sandbox/test/fixtures/echo.wasm"));
    const api = createApi(net.apiUrl);
    cids = await Promise.all(
      // Another limit of memory is another function commitment.
      Object.entries({ first: 128, second: 64 }).map(async ([word, memoryMiB]) => {
        const name = `${word}-${randomBytes(4).toString("hex")}`;
        const manifest = parseManifest({ name, contentType: "text/plain", limits: { memoryMiB } });
        return (await api.uploadBlob(embedManifest(code, manifest))).cid;
      }),
    );
  });
  after(async () => {
    await net.stop();
    await remove();
  });

  const create = (...more: string[]) => [
    ...["deal", "create", cids[0] ?? "", "--limit", "0.002", "--epochs", "60"],
    ...more,
  ];

  describe("money", () => {
    it("faucet: gives on a devnet, refuses elsewhere", async () => {
      const given = await json<{ balances: { symbol: string; amount: string }[] }>(
        "wallet",
        "faucet",
        "caller",
      );
      expect(given.balances.find(({ symbol }) => symbol === "tUSD")?.amount).to.equal("1000000000");
      const own = JSON.parse(await readFile(join(net.folder, "network.json"), "utf8")) as object;
      await writeFile(join(setting.cwd, "real.json"), JSON.stringify({ ...own, accounts: [] }));
      const to = net.accounts.caller.address;
      const refused = await fails("wallet", "faucet", to, "--network", "real.json");
      expect(refused.code).to.equal("faucet-refused");
    });

    it("behavior: a terminal asks for the password and never shows it", async () => {
      const password = randomBytes(9).toString("hex");
      const terminal = openTerminal(setting, ["wallet", "new", "mine"]);
      await terminal.until(/New password for wallet mine/);
      terminal.type(`${password}\r`);
      await terminal.until(/The same again/);
      terminal.type(`${password}\r`);
      expect(await terminal.ended).to.equal(0);
      expect(terminal.raw()).to.not.include(password);
      await readKeystore(join(setting.cwd, "home/wallets/mine.json"), password);
    });

    it("behavior: Ctrl-C at the prompt changes nothing", async () => {
      const terminal = openTerminal(setting, ["wallet", "new", "never"]);
      await terminal.until(/New password/);
      terminal.type("half\u0003");
      expect(await terminal.ended).to.equal(130);
      expect(terminal.text()).to.include("nothing changed");
      const { wallets } = await json<{ wallets: { name: string }[] }>("wallet", "list");
      expect(wallets.map(({ name }) => name)).to.not.include("never");
    });
  });

  describe("the last units", () => {
    it("default: deal create shows coloured progress on a terminal, and ends served", async () => {
      const terminal = openTerminal(setting, create("--workers", "2"));
      await terminal.until(/Wait until they are ready/);
      expect(await terminal.ended).to.equal(0);
      expect(terminal.raw()).to.include("\u001b[3");
      expect(terminal.text())
        .to.match(/Matched 2 of 2 workers/)
        .and.match(/deal +1 \(active\)/);
    });

    it("behavior: the second developer is told what it waits for; Ctrl-C says how to go on", async () => {
      const columns = 40;
      const terminal = openTerminal(setting, create("--workers", "1", "--wallet", "caller"), { columns });
      // In a narrow window the sentence is broken into lines.
      await terminal.until(/1 of 1[\s│]+in[\s│]+use/);
      terminal.type("\u0003");
      expect(await terminal.ended).to.equal(130);
      expect(terminal.text()).to.match(/✗ Interrupted\.\n {2}next: Deal 2 exists and goes on/);
      const shown = await json<Shown>("deal", "show", "2");
      expect(shown.status).to.equal("matching");
      expect(shown.waitingFor).to.include("node 1 has 1 of 1 in use, node 2 has 1 of 1 in use");
    });

    it("behavior: it is served as soon as a unit frees, and deal watch tells so", async () => {
      const watch = openTerminal(setting, ["deal", "watch", "2", "--json"], { columns: 1_000 });
      await watch.until(/"kind":"waiting"/);
      await json("deal", "dismiss", "1", "1");
      await json("deal", "bar", "1", "1");
      await watch.until(/"kind":"worker","name":"ready"/);
      watch.type("\u0003");
      expect(await watch.ended).to.equal(0);
      const lines = watch.text().split("\n");
      const news = lines.filter((line) => line.startsWith("{")).map((line) => JSON.parse(line) as News);
      const at = (kind: string, name: string) =>
        news.findIndex((each) => each.kind === kind && each.name === name);
      expect(at("event", "WorkerAssigned")).to.be.greaterThan(at("waiting", "waiting"));
    });
  });

  describe("secrets", () => {
    it("default: a terminal asks for the value without showing it, and the function has it", async () => {
      const value = randomBytes(9).toString("hex");
      const args = ["secret", "set", "2", "TOKEN", "--wallet", "caller"];
      const terminal = openTerminal(setting, args);
      await terminal.until(/Value of TOKEN/);
      terminal.type(`${value}x\u007f\r`);
      expect(await terminal.ended).to.equal(0);
      expect(terminal.text()).to.match(/TOKEN is set for deal 2 on node \d\./);
      expect(terminal.raw()).to.not.include(value);
      const called = await millrace(setting, ["deal", "call", "2", "--body", "x"]);
      expect(called.stdout).to.include(`env TOKEN=${value}\n`);
    });
  });

  describe("versions", () => {
    it("default: update sets the next version and waits for the workers; rollback goes back", async () => {
      const [first = "", second = ""] = cids;
      const updated = await json<{ version: number; ready: number[] }>("deal", "update", "1", second);
      expect(updated).to.deep.include({ version: 1, ready: [2] });
      expect((await fails("deal", "update", "1", second)).code).to.equal("module-unchanged");
      expect((await fails("deal", "update", "1", first, "--wallet", "caller")).code).to.equal(
        "modules-unauthorized",
      );
      const back = await json<{ version: number; cid: string }>("function", "rollback", "1");
      expect(back).to.include({ version: 2, cid: first });
      const { modules } = await json<Shown>("deal", "show", "1");
      const commitments = modules.all.map(({ functionCommitment }) => functionCommitment);
      expect(commitments[0]).not.to.equal(zeroHash);
      expect(commitments[1]).not.to.equal(commitments[0]);
      expect(commitments[2], "that of the version gone back to").to.equal(commitments[0]);
      expect((await fails("function", "rollback", "2", "--wallet", "caller")).code).to.equal(
        "version-unknown",
      );
      const { functions } = await json<{ functions: { name: string; deal: string }[] }>("function", "list");
      expect(functions.find(({ deal }) => deal === "1")?.name).to.match(/^(first|second)-/);
    });

    it("deal show: costs, region, versions and history, also in a window of 40 columns", async () => {
      const shown = await json<Shown>("deal", "show", "1");
      expect(BigInt(shown.ratePerDay)).to.equal(BigInt(shown.ratePerEpoch) * 17_280n);
      const [worker] = shown.workers;
      const plan = net.nodes.find(({ nodeId }) => nodeId === worker?.node)?.plan;
      expect(worker?.attributes.country).to.equal(plan?.country);
      expect(shown.modules.all).to.have.length(3);
      const names = shown.history.map(({ name }) => name);
      expect(names).to.include.members(["DealCreated", "WorkerAssigned", "WorkerEnded", "ModuleChanged"]);
      expect(shown.history.map(({ sentence }) => sentence).join("\n")).to.include(
        "was dismissed by the owner",
      );
      const terminal = openTerminal(setting, ["deal", "show", "1"], { columns: 40 });
      expect(await terminal.ended).to.equal(0);
      // Addresses and CIDs stay whole, so that they can be copied.
      const hasLongWord = (line: string) => line.split(/\s+/).some((word) => word.length > 25);
      const tooLong = terminal
        .text()
        .split("\n")
        .filter((line) => line.length > 40 && !hasLongWord(line));
      expect(tooLong).to.deep.equal([]);
    });
  });

  describe("the end", () => {
    it("function delete says what comes back, deal watch when; then it is withdrawn", async () => {
      await json("deal", "unbar", "1", "1");
      const deleted = await json<{ comesBack: string; endEpoch: number }>("function", "delete", "1");
      expect(Number(deleted.comesBack)).to.be.greaterThan(0);
      // Again: it says the same and changes nothing.
      expect((await json<{ endEpoch: number }>("function", "delete", "1")).endEpoch).to.equal(
        deleted.endEpoch,
      );
      const { stdout } = await millrace(setting, ["deal", "watch", "1"]);
      expect(stdout.trim().split("\n").at(-1)).to.include("The deal has ended");
      const { withdrawn } = await json<{ withdrawn: string }>("deal", "withdraw", "1");
      expect(withdrawn).to.equal(deleted.comesBack);
    });
  });
});
