import { randomBytes } from "node:crypto";
import { readFile, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { once } from "node:events";
import { request } from "node:http";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { moduleCid, readWorkers, type Chain } from "@millrace/sdk";
import { writeKeystore } from "@millrace/sdk/node";
import { expect } from "chai";
import { execa } from "execa";
import { generatePrivateKey } from "viem/accounts";
import { addProvider, openDeal, termsOf } from "../support/market.ts";
import { startNetwork, type TestNetwork } from "../support/network.ts";
import {
  eventually,
  layCable,
  startBackendProcess,
  type BackendProcess,
  type Cable,
} from "../support/process.ts";

const doctor = join(import.meta.dirname, "../../src/doctor.ts");

interface Health {
  status: string;
  lagBlocks: number;
  parts: Record<string, { ok: boolean; reason?: string }>;
}

describe("main, as a process", function () {
  this.timeout(180_000);
  let network: TestNetwork;
  let cable: Cable;
  let folder: string;
  let developer: Chain;
  let running: BackendProcess[] = [];

  before(async () => {
    network = await startNetwork();
    cable = await layCable(network.rpcUrl);
    folder = await mkdtemp(join(tmpdir(), "millrace-main-"));
    developer = await network.connectAs(1);
    await writeKeystore(join(folder, "key.json"), network.privateKeyOf(6), "secret", { scryptN: 1024 });
    await writeFile(join(folder, "password"), "secret\n");
    await addProvider(network, 2, [{ ask: 1_000n }]);
    await addProvider(network, 3, [{ ask: 1_200n }]);
  });
  after(async () => {
    await cable.pull();
    await network.stop();
    await rm(folder, { recursive: true, force: true });
  });
  afterEach(async () => {
    for (const { child, ended } of running) {
      child.kill("SIGKILL");
      await ended;
    }
    running = [];
  });

  const environment = () => ({
    PATH: process.env["PATH"] ?? "",
    RPC_URL: cable.url,
    DEPLOYMENT_FILE: network.record,
    DATA_FOLDER: join(folder, "data"),
    PORT: "0",
    FINALITY_DEPTH: "5",
    POLL_INTERVAL_MS: "50",
    KEYSTORE: join(folder, "key.json"),
    KEYSTORE_PASSWORD_FILE: join(folder, "password"),
  });
  const start = (changes: Record<string, string> = {}) => {
    const started = startBackendProcess({ ...environment(), ...changes });
    running.push(started);
    return started;
  };
  const urlOf = async (backend: BackendProcess) => (await backend.said("backend started")).url ?? "";
  const healthOf = async (url: string) => (await (await fetch(`${url}/v1/health`)).json()) as Health;
  const healthy = (url: string) => eventually(async () => (await healthOf(url)).status === "ok");
  const matched = (deal: number) =>
    eventually(async () => (await readWorkers(developer, BigInt(deal))).length === 2);
  const fatalOf = async (backend: BackendProcess) => {
    expect(await backend.ended).to.equal(1);
    return backend.lines.find(({ level }) => level === "fatal");
  };

  it("default: indexes, matches, stores, and ends in order on SIGTERM", async () => {
    const backend = start();
    const url = await urlOf(backend);
    await healthy(url);
    const bytes = randomBytes(2_000);
    const stored = await fetch(`${url}/v1/blobs`, { method: "POST", body: bytes });
    expect(await stored.json()).to.deep.equal({ cid: await moduleCid(bytes), sizeBytes: 2_000 });
    const deal = await openDeal(developer, termsOf(network));
    await matched(deal);
    const shown = await eventually(async () => {
      const { item } = (await (await fetch(`${url}/v1/deals/${deal}`)).json()) as {
        item?: { workers: unknown[]; status: string };
      };
      return item?.workers.length === 2 ? item : undefined;
    });
    expect(shown.status).to.equal("active");
    backend.child.kill("SIGTERM");
    expect(await backend.ended).to.equal(0);
    expect(backend.lines.at(-1)?.msg).to.equal("ended");
    const again = start();
    expect((await fetch(`${await urlOf(again)}/v1/blobs/${await moduleCid(bytes)}`)).status).to.equal(200);
  });

  it("behavior: survives an unreachable chain at its start and later", async () => {
    await cable.pull();
    const backend = start();
    const url = await urlOf(backend);
    const down = await healthOf(url);
    expect(down.status).to.equal("degraded");
    expect(down.parts["chain"]?.reason).to.match(/can't be reached/);
    expect(down.parts["indexer"]?.ok).to.equal(false);
    await cable.plug();
    await healthy(url);
    await matched(await openDeal(developer, termsOf(network)));

    await cable.pull();
    const deal = await openDeal(developer, termsOf(network));
    await eventually(async () => !(await healthOf(url)).parts["chain"]?.ok);
    expect((await fetch(`${url}/v1/deals`)).status, "the index still answers").to.equal(200);
    await cable.plug();
    await healthy(url);
    await matched(deal);
    expect(backend.lines.filter(({ level }) => level === "fatal")).to.deep.equal([]);
  });

  it("behavior: killed while a blob arrives, nothing half is left after the next start", async () => {
    const backend = start();
    const url = await urlOf(backend);
    const upload = request(`${url}/v1/blobs`, { method: "POST", headers: { "content-length": "500000" } });
    upload.on("error", () => undefined);
    upload.write(randomBytes(300_000));
    const temp = join(folder, "data/blobs/tmp");
    await eventually(async () => (await readdir(temp)).length === 1);
    const stored = await readdir(join(folder, "data/blobs"));
    backend.child.kill("SIGKILL");
    expect(await backend.ended).to.equal("SIGKILL");
    await urlOf(start());
    expect(await readdir(temp)).to.deep.equal([]);
    expect(await readdir(join(folder, "data/blobs"))).to.deep.equal(stored);
  });

  it("error: a second process on the same folder, a taken port", async () => {
    await urlOf(start());
    const second = await fatalOf(start());
    expect(second?.code).to.equal("data-folder-in-use");
    expect(second?.msg).to.contain(join(folder, "data"));
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const bound = server.address();
    const port = typeof bound === "object" && bound !== null ? String(bound.port) : "";
    const taken = await fatalOf(start({ DATA_FOLDER: join(folder, "other"), PORT: port }));
    server.close();
    expect(taken).to.include({ code: "port-taken", msg: `Another process listens on 127.0.0.1:${port}.` });
  });

  it("error: another chain, a wrong password, no key, no configuration", async () => {
    const record = JSON.parse(await readFile(network.record, "utf8")) as Record<string, unknown>;
    const other = join(folder, "other-chain.json");
    await writeFile(other, JSON.stringify({ ...record, chainId: 1 }));
    const data = { DATA_FOLDER: join(folder, "unused") };
    const chain = await fatalOf(start({ ...data, DEPLOYMENT_FILE: other }));
    expect(chain?.code).to.equal("wrong-chain");
    const missing = await fatalOf(start({ ...data, DEPLOYMENT_FILE: join(folder, "nothing.json") }));
    expect(missing?.code).to.equal("deployment-missing");
    await writeFile(join(folder, "wrong"), "guess");
    const password = await fatalOf(start({ ...data, KEYSTORE_PASSWORD_FILE: join(folder, "wrong") }));
    expect(password?.code).to.equal("keystore-password-wrong");
    const noKey = await fatalOf(start({ ...data, KEYSTORE: "", KEYSTORE_PASSWORD_FILE: "" }));
    expect(noKey).to.include({ code: "config-invalid" });
    expect(noKey?.["nextStep"]).to.contain("ROLES=indexer,api");
    const nothing = await fatalOf(start({ RPC_URL: "", LOG_LEVEL: "loud" }));
    expect(nothing?.code).to.equal("config-invalid");
    expect(nothing?.msg).to.contain("RPC_URL").and.to.contain("LOG_LEVEL");
  });

  describe("the doctor", () => {
    interface Finding {
      name: string;
      status: string;
      message: string;
      nextStep?: string;
    }
    const examine = async (changes: Record<string, string> = {}) => {
      const env = { ...environment(), DATA_FOLDER: join(folder, "patient"), ...changes };
      const { exitCode, stdout } = await execa(process.execPath, [doctor, "--json"], {
        env,
        extendEnv: false,
        reject: false,
      });
      const { status, checks } = JSON.parse(stdout) as { status: string; checks: Finding[] };
      const of = (name: string) =>
        checks.filter((check) => check.name === name).map((check) => `${check.status} ${check.message}`);
      return { exitCode, status, checks, of };
    };

    it("default: all is well before the first start and beside a running backend", async () => {
      const before = await examine();
      expect(before.checks.filter(({ status }) => status === "fail")).to.deep.equal([]);
      expect(before.exitCode).to.equal(0);
      expect(before.of("chain")[0]).to.match(/^ok .* is chain 31337 with the contracts of "devnet"/);
      expect(before.of("database")[0]).to.match(/^ok None in .*patient yet/);
      expect(before.of("wallet")[0]).to.match(/^ok 0x\w{40} has [\d.]+ coins, enough for \d+ matches/);
      expect(before.of("ports")).to.deep.equal(["ok PORT 0 is free."]);
      const backend = start({ DATA_FOLDER: join(folder, "patient") });
      const { port } = new URL(await urlOf(backend));
      await healthy(`http://127.0.0.1:${port}`);
      const beside = await examine({ PORT: port });
      expect(beside.exitCode).to.equal(0);
      expect(beside.of("database")).to.deep.equal(["ok A running backend has the embedded database."]);
      expect(beside.of("index")[0]).to.match(/^ok It stands on block \d+, \d+ behind the chain/);
      expect(beside.of("ports")).to.deep.equal([`ok A backend answers on PORT ${port}.`]);
    });

    it("error: exit code 1, and what to do, for what would stop a backend or hurt it", async () => {
      const empty = join(folder, "empty.json");
      await writeKeystore(empty, generatePrivateKey(), "secret", { scryptN: 1024 });
      const server = createServer().listen(0, "127.0.0.1");
      await once(server, "listening");
      const bound = server.address();
      const port = typeof bound === "object" && bound !== null ? String(bound.port) : "";
      const poor = await examine({ KEYSTORE: empty, PORT: port });
      server.close();
      expect([poor.status, poor.exitCode]).to.deep.equal(["fail", 1]);
      expect(poor.of("wallet")[0]).to.match(/^fail 0x\w{40} has 0 coins; one match may cost/);
      expect(poor.of("ports")[0]).to.equal(`fail Something else listens on 127.0.0.1:${port}.`);

      const lost = await examine({
        RPC_URL: "http://127.0.0.1:9",
        DATABASE_URL: "postgresql://nobody@127.0.0.1:9/nothing",
        KEYSTORE_PASSWORD_FILE: join(folder, "nowhere"),
      });
      expect(lost.exitCode).to.equal(1);
      for (const name of ["chain", "database", "wallet"]) expect(lost.of(name)[0], name).to.match(/^fail ./);
      for (const { status, message, nextStep } of lost.checks)
        if (status === "fail") expect(nextStep, message).to.match(/./);
      expect((await examine({ RPC_URL: "" })).of("configuration")[0]).to.match(/^fail .*RPC_URL isn't set/);
    });
  });
});
