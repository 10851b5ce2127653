import { randomBytes } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { embedManifest, parseManifest } from "@millrace/machine";
import { expect } from "chai";
import { startDevnet, type Devnet } from "../../scripts/devnet/devnet.ts";
import { until } from "./support/processes.ts";
import {
  millrace,
  millraceFails,
  millraceJson,
  root,
  scratchFolder,
  type Setting,
} from "./support/millrace.ts";

interface Shown {
  proposal: string;
  state: string;
  next: string;
  actions: { sentence: string; failure: string | null }[];
  votes: { for: string; against: string };
}

interface Params {
  parameters: Record<string, { value: string }>;
  guardian: { pauseUsed: boolean } | null;
  entryPausedUntil: number | null;
}

const tenMillion = "10000000000000000000000000";

/** Token holders and a guardian who have nothing but the command, on a network where a node serves a deal. */
describe("millrace dao", function () {
  this.timeout(240_000);
  let net: Devnet;
  let setting: Setting;
  let remove: () => Promise<void>;
  const json = <T>(...args: string[]) => millraceJson<T>(setting, args);
  const fails = (...args: string[]) => millraceFails(setting, args);
  const stateOf = async (proposal: string) => (await json<Shown>("dao", "show", proposal)).state;
  const deploy = (workers: number) => {
    const terms = ["--workers", String(workers), "--limit", "0.002", "--deposit", "1"];
    return ["function", "deploy", join(setting.cwd, "echo.wasm"), ...terms];
  };

  before(async () => {
    const scratch = await scratchFolder();
    setting = { cwd: scratch.folder };
    ({ remove } = scratch);
    net = await startDevnet({
      folder: join(scratch.folder, ".millrace/devnet"),
      epochDuration: 5,
      finalityDepth: 5,
      nodes: [{ account: "provider1", units: 4, ask: "0.001", regionGroup: 4, country: "DE" }],
    });
    const code = await readFile(join(root, "sandbox/test/fixtures/echo.wasm"));
    const name = `echo-${randomBytes(4).toString("hex")}`;
    await writeFile(
      join(scratch.folder, "echo.wasm"),
      embedManifest(code, parseManifest({ name, contentType: "text/plain" })),
    );
    // It earns while the token holders vote.
    await json(...deploy(1));
  });
  after(async () => {
    await net.stop();
    await remove();
  });

  it("default: a proposal goes from an idea to a parameter in force", async () => {
    expect(await json("dao", "delegate")).to.deep.include({ votes: `5${tenMillion.slice(1)}` });
    expect((await json<{ transactionHashes: string[] }>("dao", "delegate")).transactionHashes).to.deep.equal(
      [],
    );
    // Deciding needs no backend. With one, its keeper would queue and execute before we do.
    await net.backend.stop();
    const before = await json<Params>("dao", "params");
    expect(before.parameters["protocolFeeBps"]).to.deep.include({ value: "100" });
    const wrong = await fails("dao", "propose", "--title", "Take it all", "--set", "protocolFeeBps=900");
    expect(wrong.code).to.equal("proposal-would-fail");
    expect(wrong.details).to.include("lies between 0 and 500");

    const idea = ["--title", "A fee of 1.5 %", "--text", "The audit costs.", "--set", "protocolFeeBps=150"];
    const made = await json<Shown>("dao", "propose", ...idea);
    expect(made.actions.map(({ sentence }) => sentence)).to.deep.equal([
      "raise protocolFeeBps from 1 % to 1.5 %",
    ]);
    expect(made.next).to.match(/^millrace dao vote 1 for/);
    expect((await millrace(setting, ["dao", "list"])).stdout).to.match(/1 +pending .*A fee of 1\.5 %/);

    await until("the vote has begun", async () => (await stateOf("1")) === "active");
    expect(await json("dao", "vote", "1", "for", "--reason", "It is fair")).to.deep.include({
      choice: "for",
      votes: `5${tenMillion.slice(1)}`,
    });
    expect((await fails("dao", "vote", "1", "against")).code).to.equal("governor-already-cast-vote");
    const early = await fails("dao", "queue", "1");
    expect(early.message).to.equal("Proposal 1 is active, and must be succeeded for this.");
    expect(early.nextStep).to.equal("See where it stands: millrace dao show 1");

    await until("it is agreed to", async () => (await stateOf("1")) === "succeeded");
    const queued = await millrace(setting, ["dao", "queue", "1"]);
    expect(queued.stdout).to.match(/^Proposal 1 is queued\.\nnext {2}millrace dao execute 1/);
    // As if a keeper had been quicker: what was to be done is done.
    const again = await json("dao", "queue", "1");
    expect(again).to.include({ state: "queued", transactionHash: null });
    await until(
      "it is carried out",
      async () => (await millrace(setting, ["dao", "execute", "1"])).exitCode === 0,
    );
    const carriedOut = await json("dao", "execute", "1");
    expect(carriedOut).to.include({ state: "executed", transactionHash: null });
    const after = await json<Params>("dao", "params");
    expect(after.parameters["protocolFeeBps"]).to.deep.include({ value: "150" });
    expect(await json<{ proposals: Shown[] }>("dao", "list")).to.have.nested.include({
      "proposals[0].state": "executed",
    });
    await net.restartBackend();
  });

  it("default: shows the treasury and what a payment would do, before anybody votes", async () => {
    const treasury = await json<{ mill: string; address: string }>("dao", "treasury");
    expect(treasury.mill).to.equal(`50${tenMillion.slice(1)}`);
    const to = net.accounts.caller.address;
    const pay = ["dao", "propose", "--title", "Pay the audit", "--pay", `100:tUSD:${to}`];
    const short = await fails(...pay);
    expect(short.message).to.equal(`To send 100 tUSD from the treasury to ${to} would fail now.`);
    const call = `${to}:0xdeadbeef`;
    const made = await json<Shown>(...pay, "--pay", `7:MILL:${to}`, "--call", call, "--force");
    expect(made.actions.map(({ sentence, failure }) => [sentence, failure !== null])).to.deep.equal([
      [`send 100 tUSD from the treasury to ${to}`, true],
      [`send 7 MILL from the treasury to ${to}`, false],
      [`call ${to} with selector 0xdeadbeef, data none (not a call that Millrace knows)`, false],
    ]);
    const foreign = await fails("dao", "cancel", made.proposal, "--wallet", "caller");
    expect(foreign.code).to.equal("governor-unable-to-cancel");
  });

  it("default: the guardian closes the entry, and everybody still leaves", async () => {
    const { entryPausedUntil } = await json<Params>("dao", "pause", "1d");
    expect((await json<Params>("dao", "params")).entryPausedUntil).to.equal(entryPausedUntil);
    const refused = [
      await fails("provider", "register", "--wallet", "caller"),
      await fails("offer", "set", "1", "--ask", "0.001"),
      await fails(...deploy(2)),
    ];
    expect(refused.map(({ code }) => code)).to.deep.equal([
      "registry-entry-paused",
      "registry-entry-paused",
      "deals-entry-paused",
    ]);

    const { payments } = await json<{ payments: { amount: string; error?: unknown }[] }>("provider", "claim");
    expect(payments.some(({ amount, error }) => BigInt(amount) > 0n && error === undefined)).to.equal(true);
    expect(await json("provider", "unstake", "100")).to.deep.include({ amount: "100000000000000000000" });
    expect(await json("offer", "off", "1")).to.deep.include({ on: false });
    await json("deal", "stop", "1");
    await until(
      "the deal has ended",
      async () => (await json<{ status: string }>("deal", "show", "1")).status === "ended",
    );
    const { withdrawn } = await json<{ withdrawn: string }>("deal", "withdraw", "1");
    expect(BigInt(withdrawn) > 0n).to.equal(true);

    expect((await millrace(setting, ["dao", "resume"])).stdout).to.match(/^Entry is open\./);
    expect(await json("offer", "set", "1", "--ask", "0.001")).to.deep.include({ on: true });
    expect((await fails("dao", "pause", "1d")).code).to.equal("parameter-pause-used");
    expect((await fails("dao", "pause", "1d", "--wallet", "caller")).code).to.equal(
      "parameter-guardian-unauthorized",
    );
  });
});
