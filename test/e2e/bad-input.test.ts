import { request } from "node:http";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { embedManifest, parseManifest } from "@millrace/machine";
import { createApi, createDeal, readDeal } from "@millrace/sdk";
import { writeKeystore } from "@millrace/sdk/node";
import { expect } from "chai";
import { execa } from "execa";
import { parseUnits } from "viem";
import { generatePrivateKey } from "viem/accounts";
import type { Devnet } from "../../scripts/devnet/devnet.ts";
import {
  callNode,
  deployEcho,
  root,
  type RunningDeal,
  startNetwork,
  termsOf,
  threeNodes,
  until,
} from "./support.ts";

interface Ran {
  code: number | undefined;
  output: string;
}

describe("bad input", function () {
  this.timeout(180_000);
  let net: Devnet;
  let remove: () => Promise<void>;
  let good: RunningDeal;
  let scratch: string;

  before(async () => {
    ({ net, remove } = await startNetwork({ nodes: threeNodes.slice(0, 1) }));
    scratch = await mkdtemp(join(tmpdir(), "millrace-bad-"));
    good = await deployEcho(net, { deposit: "1", changes: { targetWorkers: 1 } });
  });
  after(async () => {
    await rm(scratch, { recursive: true, force: true });
    await remove();
  });
  /** Whatever went wrong, the other deal on the same node still answers. */
  afterEach(async () => {
    const [node] = net.nodes;
    const answer = await callNode(node?.endpoint ?? "", good.deal);
    expect(answer.status).to.equal(200);
    expect(answer.text).to.include(answer.sent);
  });

  async function millrace(args: string[], env: Record<string, string> = {}): Promise<Ran> {
    const result = await execa(process.execPath, [join(root, "cli/src/main.ts"), ...args], {
      cwd: scratch,
      env: { MILLRACE_NETWORK: join(net.folder, "network.json"), ...env },
      all: true,
      reject: false,
      timeout: 60_000,
    });
    return { code: result.exitCode, output: result.all };
  }

  /** A function folder as `millrace function init` leaves it, with a ready-made module. */
  async function functionFolder(name: string, wasm: Uint8Array, manifest: object = {}): Promise<string> {
    const folder = join(scratch, name);
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, "module.wasm"), wasm);
    await writeFile(
      join(folder, "millrace.json"),
      JSON.stringify({ name, module: "module.wasm", ...manifest }),
    );
    return folder;
  }

  async function deployFixture(fixture: string, manifest: object): Promise<bigint> {
    const code = await readFile(join(root, `sandbox/test/fixtures/${fixture}.wasm`));
    const wasm = embedManifest(code, parseManifest({ name: fixture, ...manifest }));
    const { cid } = await createApi(net.apiUrl).uploadBlob(wasm);
    const developer = await net.connectAs("developer");
    const terms = termsOf(net, cid, { targetWorkers: 1 });
    const { deal } = await createDeal(developer, { terms, deposit: parseUnits("0.5", 6) });
    await until("it is matched", async () => (await readDeal(developer, deal, terms)).workers === 1);
    return deal;
  }

  /** Calls until the node has warmed the deal up; the answer of the function after that. */
  async function answerOf(deal: bigint, path?: string): Promise<{ status: number; text: string }> {
    const endpoint = net.nodes[0]?.endpoint ?? "";
    let answer = await callNode(endpoint, deal, path);
    await until("the node serves the deal", async () => {
      answer = await callNode(endpoint, deal, path);
      return !/"(deal-not-served|not-ready)"/.test(answer.text);
    });
    return answer;
  }

  it("not wasm: refused before anything is spent, with what to do", async () => {
    const folder = await functionFolder("text", new TextEncoder().encode("this is no module"));
    const { code, output } = await millrace([
      "function",
      "deploy",
      folder,
      "--limit",
      "0.002",
      "--deposit",
      "1",
    ]);
    expect(code).to.equal(1);
    expect(output).to.match(/not.*WebAssembly/i);
  });

  it("forbidden imports: refused by name", async () => {
    // (module (import "env" "steal" (func)) (memory (export "memory") 1) (func (export "_start")))
    const wasm = Buffer.from(
      "0061736d010000000104016000000" +
        "20d0103656e7605737465616c00000302010005030100010713020" +
        "66d656d6f72790200065f737461727400010a040102000b",
      "hex",
    );
    const folder = await functionFolder("steal", wasm);
    const { code, output } = await millrace([
      "function",
      "deploy",
      folder,
      "--limit",
      "0.002",
      "--deposit",
      "1",
    ]);
    expect(code).to.equal(1);
    expect(output).to.include("env");
    expect(output).to.include("steal");
  });

  it("a body of 1 GB: refused without being read", async () => {
    const { endpoint } = net.nodes[0] ?? { endpoint: "" };
    const url = new URL(`${endpoint}/v1/deals/${good.deal}/call`);
    const { status, text } = await new Promise<{ status: number; text: string }>((resolve, reject) => {
      const sending = request(
        url,
        { method: "POST", headers: { "content-length": String(2 ** 30) } },
        (response) => {
          let text = "";
          response.on("data", (chunk: Buffer) => (text += chunk.toString()));
          response.on("end", () => resolve({ status: response.statusCode ?? 0, text }));
          response.on("error", reject);
        },
      );
      sending.on("error", reject);
      sending.write(Buffer.alloc(65_536));
    });
    expect(status).to.equal(413);
    expect(text).to.include("16 MiB");
    const blob = await fetch(`${net.apiUrl}/v1/blobs`, {
      method: "POST",
      headers: { "content-type": "application/wasm" },
      body: new Uint8Array(65 * 2 ** 20),
    }).catch(() => undefined);
    expect(blob === undefined || blob.status === 413).to.equal(true);
  });

  it("an infinite loop: ended at its time limit", async () => {
    const deal = await deployFixture("loop", { limits: { timeoutMs: 500 } });
    const answer = await answerOf(deal);
    expect(answer.status).to.equal(504);
    expect(answer.text).to.include("function-timeout");
  });

  it("a memory bomb: ended at its memory limit", async () => {
    const deal = await deployFixture("memory", { limits: { memoryMiB: 16 } });
    const answer = await answerOf(deal, "/?bomb");
    expect(answer.status).to.equal(500);
    expect(answer.text).to.match(/"function-(out-of-memory|memory)/);
  });

  it("the wrong chain: named, nothing sent", async () => {
    const record = JSON.parse(await readFile(join(net.folder, "deployment.json"), "utf8")) as object;
    const network = JSON.parse(await readFile(join(net.folder, "network.json"), "utf8")) as object;
    await writeFile(join(scratch, "deployment.json"), JSON.stringify({ ...record, chainId: 1 }));
    const path = join(scratch, "network.json");
    await writeFile(path, JSON.stringify({ ...network, deployment: join(scratch, "deployment.json") }));
    const funded = await millrace(["deal", "fund", String(good.deal), "1"], { MILLRACE_NETWORK: path });
    expect(funded.code).to.equal(1);
    expect(funded.output).to.match(/chain/i);
    expect(funded.output).to.include("31337");
  });

  it("no money and no gas money: what is missing is said", async () => {
    const key = generatePrivateKey();
    const home = join(scratch, "home");
    await mkdir(home, { recursive: true });
    const passwordFile = join(scratch, "password");
    await writeFile(passwordFile, "secret");
    await writeKeystore(join(home, "wallets", "poor.json"), key, "secret", { scryptN: 1024 });
    const env = { MILLRACE_HOME: home, MILLRACE_PASSWORD: "secret" };
    const { code, output } = await millrace(
      ["deal", "fund", String(good.deal), "1", "--wallet", "poor"],
      env,
    );
    expect(code).to.equal(1);
    expect(output).to.match(/tUSD|gas money/);
    const registered = await millrace(["provider", "register", "--wallet", "poor"], env);
    expect(registered.code).to.equal(1);
    expect(registered.output).to.match(/can't pay the gas/);
  });

  it("an RPC nobody answers: said at once with its address", async () => {
    const network = JSON.parse(await readFile(join(net.folder, "network.json"), "utf8")) as object;
    const path = join(scratch, "dead.json");
    await writeFile(path, JSON.stringify({ ...network, rpcUrl: "http://127.0.0.1:9" }));
    const { code, output } = await millrace(["deal", "fund", String(good.deal), "1"], {
      MILLRACE_NETWORK: path,
    });
    expect(code).to.equal(1);
    expect(output).to.include("http://127.0.0.1:9");
  });

  it("a second process on the same data folder: refused, the first goes on", async () => {
    const [node] = net.nodes;
    const second = await execa(
      process.execPath,
      [join(root, "node/src/main.ts"), "--config", node?.configFile ?? ""],
      {
        all: true,
        reject: false,
        timeout: 30_000,
      },
    );
    expect(second.exitCode).to.equal(1);
    expect(second.all).to.match(/in use/);
    const backend = await execa(process.execPath, [join(root, "backend/src/main.ts")], {
      env: {
        RPC_URL: net.rpcUrl,
        DEPLOYMENT_FILE: join(net.folder, "deployment.json"),
        DATA_FOLDER: join(net.folder, "backend"),
        PORT: "0",
        ROLES: "indexer,api",
      },
      all: true,
      reject: false,
      timeout: 30_000,
    });
    expect(backend.exitCode).to.equal(1);
    expect(backend.all).to.match(/in use/);
    const start = await execa(
      process.execPath,
      [join(root, "scripts/start.ts"), "--once", "--folder", net.folder],
      {
        all: true,
        reject: false,
      },
    );
    expect(start.exitCode).to.equal(1);
    expect(start.all).to.match(/in use/);
  });
});
