import { randomBytes } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { Agent, request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from "node:http";
import { once } from "node:events";
import { join } from "node:path";
import { embedManifest, parseManifest } from "@millrace/machine";
import { createApi, createDeal } from "@millrace/sdk";
import { expect } from "chai";
import { parseUnits } from "viem";
import type { Devnet } from "../../scripts/devnet/devnet.ts";
import type { ProviderNode } from "../../scripts/devnet/providerNode.ts";
import { startService, waitUntil } from "../../scripts/devnet/service.ts";
import { root, startNetwork, termsOf, until, workingNodes } from "./support.ts";

const callers = 8;

describe("a gateway before real nodes", function () {
  this.timeout(180_000);
  let net: Devnet;
  let remove: (() => Promise<void>) | undefined;
  let echo: bigint;
  /** Logs two lines at each run and answers "partial answer", if its body begins with 0. */
  let logging: bigint;
  const agent = new Agent({ keepAlive: true });

  before(async () => {
    ({ net, remove } = await startNetwork());
    // One after the other: a permit of the account takes the number of the one before.
    echo = await createFor("echo", "My_Echo");
    logging = await createFor("exit", "logging");
    await Promise.all([untilAnswered(echo), untilAnswered(logging)]);
  });
  after(async () => {
    agent.destroy();
    await remove?.();
  });

  /** A funded deal of a fixture for two workers. */
  async function createFor(fixture: string, name: string): Promise<bigint> {
    const code = await readFile(join(root, `sandbox/test/fixtures/${fixture}.wasm`));
    const manifest = { name, contentType: "text/plain", env: { NONCE: randomBytes(6).toString("hex") } };
    const { cid } = await createApi(net.apiUrl).uploadBlob(embedManifest(code, parseManifest(manifest)));
    const developer = await net.connectAs("developer");
    const terms = termsOf(net, cid);
    const { deal } = await createDeal(developer, { terms, deposit: parseUnits("1", 6) });
    return deal;
  }

  async function untilAnswered(deal: bigint): Promise<void> {
    const answers = () => Promise.all(net.nodes.map((node) => answersFor(node, deal)));
    const count = async () => (await answers()).filter(Boolean).length;
    await until(`deal ${deal} answers`, async () => (await count()) === 2);
  }

  async function answersFor({ endpoint }: ProviderNode, deal: bigint): Promise<boolean> {
    const path = `${endpoint}/v1/deals/${deal}/call`;
    return (await fetch(path, { method: "POST", body: "0" }).catch(() => undefined))?.ok === true;
  }

  interface Answer {
    status: number;
    headers: IncomingHttpHeaders;
    text: string;
  }

  /** Calls through the gateway; fails only if the gateway itself breaks the connection. */
  async function call(
    path: string,
    options: { method?: string; headers?: Record<string, string>; body?: string | Buffer } = {},
    url = net.gatewayUrl,
  ): Promise<Answer> {
    const { hostname, port } = new URL(url);
    const { method = "POST", headers = {}, body } = options;
    const outgoing = httpRequest({ hostname, port, path, method, headers, agent });
    outgoing.end(body);
    const [response] = (await once(outgoing, "response")) as [IncomingMessage];
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk as Buffer);
    return {
      status: response.statusCode ?? 0,
      headers: response.headers,
      text: Buffer.concat(chunks).toString(),
    };
  }

  it("default: answers a call by path and by host name", async () => {
    const body = randomBytes(8).toString("hex");
    const byPath = await call(`/run/${echo}/a%20b/c?x=1&y`, { body, headers: { "x-request-id": "by-path" } });
    expect(byPath.status).to.equal(200);
    for (const line of [body, "env PATH_INFO=/a b/c", "env QUERY_STRING=x=1&y", "env REQUEST_METHOD=POST"])
      expect(byPath.text).to.contain(line);
    expect(byPath.headers).to.include({ "millrace-request-id": "by-path", "millrace-attempts": "1" });
    expect(await workingNodes(net, echo)).to.include(Number(byPath.headers["millrace-node"]));

    for (const host of [`${echo}.localhost`, `my-echo-${echo}.localhost:8081`]) {
      const byHost = await call("/run/me?q", { body, headers: { host } });
      expect(byHost.text).to.contain(body).and.contain("env PATH_INFO=/run/me");
    }
    const wrong = await call("/", { headers: { host: `hello-${echo}.localhost` } });
    expect(wrong.status).to.equal(404);
    expect(wrong.text).to.contain(`my-echo-${echo}`);
  });

  it("behavior: takes 10 MB and gives them back", async () => {
    const body = randomBytes(5_000_000).toString("hex");
    const answer = await call(`/run/${echo}`, { body });
    expect(answer.status).to.equal(200);
    expect(answer.text.endsWith(body)).to.equal(true);
  });

  it("error: what is no call of a deal gets an answer in the one shape", async () => {
    const tries: [string, number, string][] = [
      ["/run/999999", 404, "deals-unknown"],
      ["/run/0", 400, "deal-id-invalid"],
      ["/run/18446744073709551616", 400, "deal-id-invalid"],
      ["/nonsense", 404, "route-unknown"],
      [`/run/${echo}/%zz`, 400, "request-malformed"],
    ];
    for (const [path, status, code] of tries) {
      const answer = await call(path);
      expect(answer.status, path).to.equal(status);
      const { error } = JSON.parse(answer.text) as { error: Record<string, string> };
      expect(error).to.include({ code, requestId: answer.headers["millrace-request-id"] });
      expect(error).to.include.keys("message", "nextStep");
    }
  });

  it("behavior: anybody runs one with an RPC URL and a deployment file", async () => {
    const url = "http://127.0.0.1:" + String(20_000 + Math.floor(Math.random() * 20_000));
    const service = await startService({
      ...{ name: "second gateway", script: join(root, "backend/src/main.ts") },
      env: {
        ...{ RPC_URL: net.rpcUrl, DEPLOYMENT_FILE: join(net.folder, "deployment.json"), ROLES: "gateway" },
        ...{ GATEWAY_PORT: new URL(url).port, GATEWAY_ALLOW_PRIVATE_NODES: "true" },
      },
      logFile: join(net.folder, "logs/second-gateway.log"),
    });
    try {
      const ready = async () => (await fetch(`${url}/healthz`)).ok;
      await waitUntil("Starting a second gateway", ready, { service });
      expect((await call(`/run/${echo}`, { body: "hi" }, url)).text).to.contain("hi");
    } finally {
      await service.stop();
    }
    expect(service.ended()).to.equal("exit code 0");
  });

  it("behavior: a node that drains or restarts costs no call", async () => {
    const [victim] = await workersOf(logging);
    const load = startLoad(0);
    await load.until(50);
    await victim.service.stop();
    await load.until(100);
    await net.restartNode(victim);
    await until("the node answers again", async () => answersFor(victim, logging));
    await load.until(50);
    const done = await load.end();
    for (const { status, text } of done) expect(status, text).to.equal(200);
    await expectRunOnce(done);
  });

  it("behavior: a killed node costs no idempotent call, and none runs twice that must not", async () => {
    const [victim] = await workersOf(logging);
    const load = startLoad(callers / 2);
    await load.until(80);
    await victim.service.kill();
    await load.until(120);
    const done = await load.end();
    for (const { idempotent, status, text } of done) {
      if (idempotent) expect(status, text).to.equal(200);
      else if (status !== 200) expect(text).to.contain("call-interrupted");
    }
    await expectRunOnce(
      done.filter(({ idempotent }) => !idempotent),
      victim.nodeId,
    );
    const broken = done.filter(({ status }) => status !== 200).length;
    expect(broken, "calls that were running on the killed node").to.be.at.most(callers / 2);
  });

  interface Done {
    id: string;
    idempotent: boolean;
    status: number;
    node: number;
    text: string;
  }

  /** Calls without a pause, each with an id of its own; so many of the callers say that theirs may run twice. */
  function startLoad(idempotentCallers: number) {
    const done: Done[] = [];
    const state = { ends: false };
    const running = Array.from({ length: callers }, async (_, index) => {
      const idempotent = index < idempotentCallers;
      while (!state.ends) {
        const id = randomBytes(8).toString("hex");
        const headers = { "x-request-id": id, ...(idempotent ? { "millrace-idempotent": "true" } : {}) };
        const {
          status,
          headers: answered,
          text,
        } = await call(`/run/${logging}`, { body: `0 ${id}`, headers });
        done.push({ id, idempotent, status, text, node: Number(answered["millrace-node"]) });
      }
    });
    return {
      /** Waits for so many more calls. */
      until: (more: number) => {
        const count = done.length + more;
        return until(`${count} calls`, () => Promise.resolve(done.length >= count), { intervalMs: 10 });
      },
      async end() {
        state.ends = true;
        await Promise.all(running);
        return done;
      },
    };
  }

  /** Every answered call ran once, at the node that answered; one without an answer ran at the dead node or nowhere. */
  async function expectRunOnce(done: Done[], dead?: number): Promise<void> {
    const missing = async (): Promise<string[]> => {
      const runs = await readRuns();
      for (const { id, status, node } of done) {
        const where = runs.get(id) ?? [];
        const expected = status === 200 ? [node] : [];
        // What a killed node did not write is gone.
        const isLost = (candidate: number) => candidate === dead;
        expect(where.filter((at) => !isLost(at))).to.deep.equal(
          expected.filter((at) => !isLost(at) && where.includes(at)),
        );
      }
      return done
        .filter(({ id, status, node }) => status === 200 && node !== dead && runs.get(id) === undefined)
        .map(({ id }) => id);
    };
    // Logs are written a moment after the answer.
    await until("every run is in a log", async () => (await missing()).length === 0, { timeoutMs: 10_000 });
  }

  /** Nodes by the id of the call that ran there, once per run. */
  async function readRuns(): Promise<Map<string, number[]>> {
    const runs = new Map<string, number[]>();
    for (const { nodeId, dataFolder } of net.nodes) {
      const folder = join(dataFolder, "data/logs");
      const files = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
      for (const file of files.filter((entry) => entry.isFile())) {
        const lines = (await readFile(join(file.parentPath, file.name), "utf8")).split("\n");
        for (const line of lines.filter((text) => text.includes('"first complaint"'))) {
          const { requestId } = JSON.parse(line) as { requestId: string };
          runs.set(requestId, [...(runs.get(requestId) ?? []), nodeId]);
        }
      }
    }
    return runs;
  }

  /** The nodes that answer for a deal now. */
  async function workersOf(deal: bigint): Promise<[ProviderNode, ...ProviderNode[]]> {
    const found: ProviderNode[] = [];
    for (const node of net.nodes) if (await answersFor(node, deal)) found.push(node);
    const [first, ...others] = found;
    if (first === undefined) throw new Error(`No node answers for deal ${deal}.`);
    return [first, ...others];
  }
});
