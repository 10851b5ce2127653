import { randomBytes } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { embedManifest, parseManifest } from "@millrace/machine";
import { createApi, createDeal, dismiss, readWorkers, setOffer, setSecrets } from "@millrace/sdk";
import { expect } from "chai";
import { execa } from "execa";
import { parseUnits } from "viem";
import type { Devnet } from "../../scripts/devnet/devnet.ts";
import type { ProviderNode } from "../../scripts/devnet/providerNode.ts";
import {
  callNode,
  currentEpoch,
  deployEcho,
  root,
  startNetwork,
  termsOf,
  threeNodes,
  until,
  waitForEpochs,
} from "./support.ts";

describe("secrets and logs on a network of real processes", function () {
  this.timeout(180_000);
  let net: Devnet;
  let remove: () => Promise<void>;
  let deal = 0n;
  const [first, second] = [0, 1].map(() => `value-${randomBytes(12).toString("hex")}`) as [string, string];

  before(async () => {
    ({ net, remove } = await startNetwork());
    const code = await readFile(join(root, "sandbox/test/fixtures/complain.wasm"));
    const manifest = { name: "complain", contentType: "text/plain", env: { TOKEN: "public" } };
    const { cid } = await createApi(net.apiUrl).uploadBlob(embedManifest(code, parseManifest(manifest)));
    const developer = await net.connectAs("developer");
    ({ deal } = await createDeal(developer, { terms: termsOf(net, cid), deposit: parseUnits("1", 6) }));
    await until("two workers answer", async () => (await answers()).length === 2);
  });
  after(async () => {
    await remove();
  });

  async function millrace(args: string[], input = "") {
    const result = await execa(process.execPath, [join(root, "cli/src/main.ts"), ...args], {
      env: { MILLRACE_NETWORK: join(net.folder, "network.json"), MILLRACE_HOME: join(net.folder, "home") },
      input,
      reject: false,
    });
    if (result.exitCode !== 0)
      throw new Error(`millrace ${args.join(" ")}: ${result.stdout}${result.stderr}`);
    return result.stdout;
  }
  const json = async <T>(args: string[], input?: string) =>
    JSON.parse(await millrace([...args, "--json"], input)) as T;

  /** What each node of the network answers, if it serves the deal. */
  async function answers(path = "/"): Promise<{ node: ProviderNode; text: string }[]> {
    const all = await Promise.all(
      net.nodes.map(async (node) => ({ node, ...(await callNode(node.endpoint, deal, path)) })),
    );
    return all.filter(({ status }) => status === 200);
  }
  const tokens = async () => (await answers()).map(({ text }) => text);

  it("default: the developer sets a secret, all workers' calls see it, and nobody else does", async () => {
    expect(await tokens()).to.deep.equal(["public", "public"]);
    await millrace(["secret", "set", String(deal), "TOKEN"], `${first}\n`);
    expect(await tokens()).to.deep.equal([first, first]);
    const set = await millrace(["secret", "set", String(deal), "TOKEN"], second);
    expect(set).to.match(/^TOKEN is set for deal \d+ on nodes \d, \d\.$/);
    expect(await tokens()).to.deep.equal([second, second]);
    const { secrets } = await json<{ secrets: { name: string; nodes: number[] }[] }>([
      ...["secret", "list", String(deal)],
    ]);
    expect(secrets.map(({ name, nodes }) => [name, nodes.length])).to.deep.equal([["TOKEN", 2]]);
  });

  it("behavior: the log of all workers shows the function's words with *** and how a call failed", async () => {
    const [worker] = await answers();
    if (worker === undefined) throw new Error("no worker");
    const failed = await callNode(worker.node.endpoint, deal, "/fail");
    expect(failed.status).to.equal(500);
    const { lines } = await json<{
      lines: { node: number; text: string; requestId: string; source: string }[];
    }>([...["function", "logs", String(deal), "--lines", "1000"]]);
    expect(new Set(lines.map(({ node }) => node)).size).to.equal(2);
    expect(lines.map(({ text }) => text))
      .to.include("env TOKEN=public")
      .and.include("env TOKEN=***");
    expect(JSON.stringify(lines)).not.to.contain(first).and.not.to.contain(second);
    const outcome = lines.find(({ source }) => source === "outcome");
    expect(outcome?.text).to.match(/^exit: /);
    const request = outcome?.requestId ?? "";
    const text = await millrace(["function", "logs", String(deal), "--request", request]);
    expect(text.split("\n").every((line) => line.includes(request))).to.equal(true);
    expect(text).to.contain(`node ${worker.node.nodeId}  `).and.to.contain("exit: ");
  });

  it("behavior: the worker that replaces a dead one has the secret, with nobody there to set it", async () => {
    const chain = await net.connectAs("caller");
    const [dead] = (await answers()).map(({ node }) => node);
    const working = (await readWorkers(chain, deal)).map(({ node }) => node);
    const spare = net.nodes.find(({ nodeId }) => !working.includes(nodeId));
    if (dead === undefined || spare === undefined) throw new Error("no worker or no spare");
    await dead.service.kill();
    const seen = new Set<string>();
    await until(
      "the spare answers",
      async () => {
        const answer = await callNode(spare.endpoint, deal);
        if (answer.status === 200) seen.add(answer.text);
        return answer.status === 200;
      },
      { timeoutMs: 90_000 },
    );
    expect([...seen]).to.deep.equal([second]);
    // It keeps it: the next start finds it although nobody else is left to ask.
    const others = net.nodes.filter((node) => node !== dead && node !== spare);
    await Promise.all([spare.service.kill(), ...others.map(({ service }) => service.kill())]);
    await net.restartNode(spare);
    await until("the spare answers again", async () => (await answers()).length === 1);
    expect(await tokens()).to.deep.equal([second]);
  });

  it("behavior: no file and no log of any process holds the value, nor does the chain's end", async () => {
    const files = (await readdir(net.folder, { recursive: true, withFileTypes: true })).filter((entry) =>
      entry.isFile(),
    );
    expect(files.length).to.be.above(20);
    const holders: string[] = [];
    for (const { parentPath, name } of files) {
      const content = await readFile(join(parentPath, name), "latin1");
      if (content.includes(first) || content.includes(second)) holders.push(join(parentPath, name));
    }
    expect(holders).to.deep.equal([]);
  });
});

describe("the secrets of a deal with one worker", function () {
  this.timeout(240_000);
  let net: Devnet;
  let remove: () => Promise<void>;
  before(async () => {
    ({ net, remove } = await startNetwork({ nodes: threeNodes.slice(0, 2) }));
  });
  after(async () => {
    await remove();
  });

  it("behavior: a worker that ended and was released hands them to the one that comes after it", async () => {
    const value = randomBytes(12).toString("hex");
    const changes = { targetWorkers: 1, maxWorkers: 1 };
    const { deal, developer } = await deployEcho(net, { deposit: "1", changes, env: { TOKEN: "public" } });
    const [worker] = await readWorkers(developer, deal);
    const leaving = net.nodes.find(({ nodeId }) => nodeId === worker?.node);
    const coming = net.nodes.find((node) => node !== leaving);
    if (leaving === undefined || coming === undefined) throw new Error("no worker or no other node");
    await setSecrets(developer, { deal, set: { TOKEN: value } });
    // Nobody is there to take over: the other node is away for so long that it is not matched.
    await coming.service.kill();
    const [token] = net.deployment.paymentTokens;
    const offer = { node: leaving.nodeId, token: token?.address ?? "0x", askPerUnitEpoch: 1n, on: false };
    await setOffer(await net.connectAs(leaving.plan.account), offer);
    await waitForEpochs(developer, 2);
    await dismiss(developer, { deal, node: leaving.nodeId });
    const last = await currentEpoch(developer);
    await until("its last epoch is over", async () => (await currentEpoch(developer)) > last);
    await until("nobody serves", async () => (await readWorkers(developer, deal)).length === 0);
    await until("its node has noticed", async () => (await callNode(leaving.endpoint, deal)).status !== 200);

    await net.restartNode(coming);
    const seen = new Set<string>();
    await until(
      "the other node answers",
      async () => {
        const { status, text } = await callNode(coming.endpoint, deal);
        if (status === 200) seen.add(/^env TOKEN=(.*)$/m.exec(text)?.[1] ?? text);
        return status === 200;
      },
      { timeoutMs: 90_000 },
    );
    expect([...seen]).to.deep.equal([value]);
  });
});
