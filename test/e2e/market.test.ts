import { join } from "node:path";
import {
  createApi,
  createCaller,
  createDeal,
  endWorker,
  modulesAbi,
  cidToDigest,
  MillraceError,
  readDeal,
  readWorkers,
  resign,
  retireNode,
  send,
  setOffer,
  stopDeal,
  testStablecoinAbi,
} from "@millrace/sdk";
import { expect } from "chai";
import { execa } from "execa";
import { parseUnits, zeroHash } from "viem";
import type { AccountName } from "../../scripts/devnet/accounts.ts";
import type { Devnet, DevnetPlan } from "../../scripts/devnet/devnet.ts";
import type { ProviderNode } from "../../scripts/devnet/providerNode.ts";
import { expectBooksBalance } from "./books.ts";
import { callUnderLoad, failures } from "./load.ts";
import {
  callNode,
  currentEpoch,
  deployEcho,
  publishEcho,
  root,
  type RunningDeal,
  startNetwork,
  termsOf,
  until,
  waitForEpochs,
} from "./support.ts";

/** Two units each, so that three deals of two units leave a fourth node. */
const fourNodes: DevnetPlan["nodes"] = [
  { account: "provider1", units: 2, ask: "0.001", regionGroup: 4, country: "DE" },
  { account: "provider2", units: 2, ask: "0.0011", regionGroup: 5, country: "US" },
  { account: "provider3", units: 2, ask: "0.0012", regionGroup: 3, country: "JP" },
  { account: "provider4", units: 2, ask: "0.0013", regionGroup: 4, country: "FR" },
];

describe("a market in use", function () {
  this.timeout(240_000);
  let net: Devnet;
  let remove: () => Promise<void>;
  const deals: RunningDeal[] = [];

  before(async () => {
    ({ net, remove } = await startNetwork({ nodes: fourNodes }));
  });
  after(async () => {
    await remove();
  });

  it("of two developers who want the last units one waits, is told for what, and gets them when they are free", async () => {
    const wish = { unitsPerWorker: 2, minWorkers: 3, targetWorkers: 3, maxWorkers: 3 };
    const rivals = await Promise.all([want(net, "developer", wish), want(net, "caller", wish)]);
    deals.push(...rivals);
    const statuses = () => Promise.all(rivals.map(({ deal, developer }) => readDeal(developer, deal)));
    await until("one of them has its workers", async () =>
      (await statuses()).some(({ workers }) => workers === 3),
    );
    const [first, second] = await statuses();
    const [winner, loser] = first?.workers === 3 ? rivals : [rivals[1], rivals[0]];
    expect((first?.workers ?? 0) + (second?.workers ?? 0), "the other has none").to.equal(3);

    const api = createApi(net.apiUrl);
    await until("the one that waits is told for what", async () => {
      const { item } = await api.deal(Number(loser.deal));
      const refusals = item.waitingFor?.refusals ?? [];
      return refusals.some(({ refusal, count }) => refusal === "unitsShort" && count === 3);
    });
    const { item } = await api.deal(Number(loser.deal));
    expect(item.waitingFor?.sentence).to.match(/unit/);

    await stopDeal(winner.developer, { deal: winner.deal });
    await until("the one that waited is served", async () => {
      const [worker] = await readWorkers(loser.developer, loser.deal);
      return worker !== undefined && (await callNode(worker.endpoint, loser.deal)).status === 200;
    });
    await stopDeal(loser.developer, { deal: loser.deal });
    await waitForEpochs(loser.developer, 2);
  });

  it("serves every call while the module is changed and rolled back under 50 calls a second", async () => {
    const running = await deployEcho(net, { deposit: "1", env: { VERSION: "first" } });
    deals.push(running);
    const { deal, developer, terms } = running;
    const { cid } = await publishEcho(net, { VERSION: "second" });
    const caller = createCaller({ chain: developer, api: createApi(net.apiUrl) });
    const versionOf = (text: string) => /VERSION=(\w+)/.exec(text)?.[1];
    const nowAnswers = (version: string) => async () => {
      const { body } = await caller.call(deal, { path: "/probe", body: "?" });
      return versionOf(new TextDecoder().decode(body)) === version;
    };
    const answers = await callUnderLoad({ caller, deal, perSecond: 50 }, async () => {
      await changeModule(running, cidToDigest(cid));
      await until("the second version answers", nowAnswers("second"));
      await waitForEpochs(developer, 1);
      await changeModule(running, terms.moduleDigest);
      await until("the first version answers again", nowAnswers("first"));
    });
    expect(failures(answers)).to.deep.equal([]);
    expect(answers.length).to.be.above(200);
    const versions = answers.map(({ text }) => versionOf(text));
    expect(new Set(versions)).to.deep.equal(new Set(["first", "second"]));
    await stopDeal(developer, { deal });
  });

  it("loses no call while providers change prices and keys, leave and vanish", async () => {
    const running = await deployEcho(net, { deposit: "1" });
    deals.push(running);
    const { deal, developer } = running;
    const caller = createCaller({ chain: developer, api: createApi(net.apiUrl) });
    const [staying, leaving] = await nodesOf(net, running);
    const answers = await callUnderLoad({ caller, deal, perSecond: 10 }, async () => {
      await changePrice(net, staying);
      await rotateKey(net, staying);
      await leave(net, { node: leaving, running });
    });
    expect(failures(answers)).to.deep.equal([]);
    const priceOf = async (node: ProviderNode) =>
      (await readWorkers(developer, deal)).find((worker) => worker.node === node.nodeId)?.pricePerUnitEpoch;
    expect(await priceOf(staying), "a running worker keeps its price").to.equal(
      parseUnits(staying.plan.ask, 6),
    );

    await staying.service.kill();
    await until("the vanished node is replaced", async () => {
      const workers = (await readWorkers(developer, deal)).map(({ node }) => node);
      return workers.length === 2 && !workers.includes(staying.nodeId);
    });
    expect((await caller.call(deal, { path: "/after", body: "still here" })).status).to.equal(200);
    await net.restartNode(staying);
  });

  it("leaves everybody with exactly what is theirs", async () => {
    await expectBooksBalance(net, deals);
  });
});

/** A deal that asks for more than is left once another has it. */
async function want(
  net: Devnet,
  account: AccountName,
  changes: Partial<RunningDeal["terms"]>,
): Promise<RunningDeal> {
  const { cid } = await publishEcho(net);
  const developer = await net.connectAs(account);
  await mint(net, developer);
  const terms = termsOf(net, cid, changes);
  const { deal } = await createDeal(developer, { terms, deposit: parseUnits("1", 6) });
  return { deal, terms, developer };
}

async function mint(net: Devnet, developer: RunningDeal["developer"]): Promise<void> {
  const [token] = net.deployment.paymentTokens;
  if (token === undefined || developer.account === undefined) throw new Error("no token or no account");
  const args = [developer.account.address, parseUnits("10", 6)] as const;
  await send(developer, { address: token.address, abi: testStablecoinAbi, functionName: "mint", args });
}

async function changeModule({ deal, developer }: RunningDeal, digest: `0x${string}`): Promise<void> {
  const address = developer.deployment.contracts.modules;
  await send(developer, {
    address,
    abi: modulesAbi,
    functionName: "setModule",
    args: [deal, digest, zeroHash],
  });
}

async function nodesOf(net: Devnet, { deal, developer }: RunningDeal): Promise<[ProviderNode, ProviderNode]> {
  const workers = await readWorkers(developer, deal);
  const nodes = workers.flatMap(({ node }) => net.nodes.filter(({ nodeId }) => nodeId === node));
  const [one, two] = nodes;
  if (one === undefined || two === undefined) throw new Error("the deal has fewer than two workers");
  return [one, two];
}

async function changePrice(net: Devnet, { nodeId, plan }: ProviderNode): Promise<void> {
  const owner = await net.connectAs(plan.account);
  const [token] = net.deployment.paymentTokens;
  if (token === undefined) throw new Error("no token");
  const askPerUnitEpoch = parseUnits(plan.ask, 6) * 2n;
  await setOffer(owner, { node: nodeId, token: token.address, askPerUnitEpoch, on: true });
}

/** A new operator key through the command line; the node that runs takes it up by itself. */
async function rotateKey(net: Devnet, { endpoint, configFile, plan }: ProviderNode): Promise<void> {
  const operator = async () => {
    const status = (await (await fetch(`${endpoint}/v1/status`)).json()) as { operator: string };
    return status.operator.toLowerCase();
  };
  const before = await operator();
  const args = ["node", "rotate-key", "--config", configFile, "--wallet", plan.account];
  const env = { MILLRACE_NETWORK: join(net.folder, "network.json") };
  await execa(process.execPath, [join(root, "cli/src/main.ts"), ...args], { env });
  await until("the node acts with its new key", async () => (await operator()) !== before);
}

/** A provider leaves as it should: no new work, notice, end, another takes over, node retired. */
async function leave(
  net: Devnet,
  { node, running }: { node: ProviderNode; running: RunningDeal },
): Promise<void> {
  const { deal } = running;
  const owner = await net.connectAs(node.plan.account);
  const [token] = net.deployment.paymentTokens;
  if (token === undefined) throw new Error("no token");
  await setOffer(owner, { node: node.nodeId, token: token.address, askPerUnitEpoch: 1n, on: false });
  await resign(owner, { deal, node: node.nodeId });
  const began = await currentEpoch(owner);
  await until("the notice is over and the worker ended", async () => {
    if ((await currentEpoch(owner)) < began + 2) return false;
    await endWorker(owner, { deal, node: node.nodeId }).catch(
      ignore("deals-worker-ended", "deals-notice-not-over"),
    );
    return !(await readWorkers(owner, deal)).some((worker) => worker.node === node.nodeId);
  });
  await until("another took over", async () => (await readWorkers(owner, deal)).length === 2);
  await until("the node is free to retire", async () => {
    try {
      await retireNode(owner, { node: node.nodeId });
      return true;
    } catch (error) {
      ignore("registry-node-in-use")(error);
      return false;
    }
  });
}

/** Rethrows what has none of these codes. */
function ignore(...codes: string[]): (error: unknown) => void {
  return (error) => {
    if (!(error instanceof MillraceError) || !codes.includes(error.code)) throw error;
  };
}
