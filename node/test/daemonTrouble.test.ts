import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { PAGES_PER_MIB, prepare } from "@millrace/machine";
import { writeKeystore } from "@millrace/sdk/node";
import { expect } from "chai";
import getPort from "get-port";
import { keccak256, parseEther } from "viem";
import { generatePrivateKey } from "viem/accounts";
import { answerOf, attended, inState, startNode, stateOf } from "./support/daemon.ts";
import { eventually } from "./support/eventually.ts";
import { fixtureModule } from "./support/fixtures.ts";
import { useSharedFolder } from "./support/folder.ts";
import { type Network, type RegisteredNode, startNetwork } from "./support/network.ts";
import { endProcesses, type NodeProcess, printLogsOfFailure } from "./support/processes.ts";
import { startProxy } from "./support/tcpProxy.ts";

describe("the node's process in trouble", function () {
  this.timeout(120_000);
  const folder = useSharedFolder();
  let network: Network;
  let first: RegisteredNode;
  let second: RegisteredNode;
  before(async () => {
    network = await startNetwork(folder(), 5);
    first = await network.addNode();
    second = await network.addNode({ blobSources: [] });
  });
  afterEach(endNodes);
  afterEach(function () {
    printLogsOfFailure(this.currentTest);
  });
  after(async () => {
    network.close();
    await endProcesses();
  });

  const nodes: NodeProcess[] = [];
  const launch = async (...parameters: Parameters<typeof startNode>) => {
    const node = await startNode(...parameters);
    nodes.push(node);
    return node;
  };
  async function endNodes(): Promise<void> {
    for (const node of nodes.splice(0)) {
      node.signal("SIGKILL");
      await node.ended;
    }
  }

  it("behavior: without a backend it takes the module from another worker of the deal", async () => {
    const [giver, taker] = [await launch(first), await launch(second)];
    const deal = await network.createDeal(fixtureModule("echo", { env: { MADE_AT: String(Date.now()) } }));
    await Promise.all([attended(giver), attended(taker)]);
    await network.match(deal, [first.nodeId]);
    await inState(giver, deal, "ready");
    network.blobs.clear();
    await network.match(deal, [second.nodeId]);
    await inState(taker, deal, "ready");
    await answerOf(taker, deal);
  });

  it("behavior: a module nobody has yet is asked for until it is there; meanwhile 503 and the reason", async () => {
    const node = await launch(first);
    const module = fixtureModule("echo", { env: { MADE_AT: String(Date.now()) } });
    const deal = await network.createDeal(module);
    const [cid = "", bytes = new Uint8Array()] =
      [...network.blobs].find(([, found]) => found === module) ?? [];
    network.blobs.set(cid, new TextEncoder().encode("wrong bytes"));
    await attended(node);
    await network.match(deal, [first.nodeId]);
    await eventually("the reason", async () => (await stateOf(node, deal))?.reason?.includes("are not"));
    const refused = await node.call(deal, "");
    expect(refused.status).to.equal(503);
    expect(await refused.text()).to.contain("not-ready");
    network.blobs.set(cid, bytes);
    await inState(node, deal, "ready");
  });

  it("behavior: a deal whose commitment it does not reproduce is refused with the reason; others are served", async () => {
    const node = await launch(first);
    const module = fixtureModule("echo", { env: { MADE_AT: String(Date.now()) } });
    const { commitment } = prepare(module, { maxPages: 128 * PAGES_PER_MIB });
    const wrong = keccak256("0x01");
    const promised = await network.createDeal(module, undefined, wrong);
    const kept = await network.createDeal(module, undefined, commitment);
    await attended(node);
    for (const deal of [promised, kept]) await network.match(deal, [first.nodeId]);
    await inState(node, kept, "ready");
    await inState(node, promised, "failed");
    const { reason, modules } = (await stateOf(node, promised)) ?? {};
    expect(reason).to.include(wrong).and.include(commitment);
    expect(modules?.present.functionCommitment).to.equal(wrong);
    const refused = await node.call(promised, "");
    expect(refused.status).to.equal(502);
    expect(await refused.text())
      .to.include("module-refused")
      .and.include(wrong);
    await answerOf(node, kept);
    const said = node.lines().filter(({ msg }) => msg.startsWith("deal refused"));
    expect(said).to.have.length(1);
    expect(said[0]).to.include({ deal: promised.toString(), reason });
    expect(said[0]?.["nextStep"]).to.include("millrace deal update");
  });

  it("behavior: follows a reorg that takes its assignment away and gives it again", async () => {
    const node = await launch(first);
    const deal = await network.createDeal(fixtureModule("echo"));
    await attended(node);
    const snapshot = await network.test.snapshot();
    await network.match(deal, [first.nodeId]);
    await inState(node, deal, "ready");
    await network.test.mine({ blocks: 2 });
    await network.test.revert({ id: snapshot });
    await network.test.mine({ blocks: 5 });
    await eventually("the deal is gone", async () => (await stateOf(node, deal))?.state !== "ready");
    expect((await node.call(deal, "")).status).to.equal(404);
    await attended(node);
    await network.match(deal, [first.nodeId]);
    await inState(node, deal, "ready");
    await answerOf(node, deal);
    expect(node.output()).to.contain("the chain replaced blocks");
  });

  it("behavior: serves on while the chain is out of reach, says so once, and catches up", async () => {
    const port = await getPort({ host: "127.0.0.1" });
    const proxy = await startProxy(port, Number(new URL(network.rpcUrl).port));
    const node = await launch(first, { rpcUrl: `http://127.0.0.1:${port}` });
    const deal = await network.createDeal(fixtureModule("echo"));
    await attended(node);
    await network.match(deal, [first.nodeId]);
    await inState(node, deal, "ready");
    await proxy.cut();
    await eventually("the outage is seen", async () => (await node.status()).chain.state === "unreachable");
    await answerOf(node, deal);
    await eventually(
      "an epoch passes",
      async () => ((await node.status()).epoch ?? 0) > ((await node.status()).attendedEpoch ?? 0),
    );
    await answerOf(node, deal);
    expect(node.lines().filter(({ msg }) => msg.startsWith("the chain cannot be read"))).to.have.length(1);
    await proxy.mend();
    await attended(node);
    await answerOf(node, deal);
    await proxy.cut();
  });

  it("behavior: without gas money it says how much is missing, sends nothing, and goes on once it has some", async () => {
    const poor = await network.addNode({ gasMoney: 0n });
    const node = await launch(poor);
    await eventually("the problem", async () =>
      (await node.status()).attendanceProblem?.includes("is missing"),
    );
    expect((await node.status()).gas?.balanceWei).to.equal("0");
    await network.test.setBalance({ address: poor.operator, value: parseEther("0.1") });
    await attended(node);
    expect((await node.status()).attendanceProblem).to.equal(undefined);
    expect(node.lines().filter(({ msg }) => msg === "attendance failed")).to.have.length(1);
  });

  it("behavior: waits for a chain that is not up yet, then serves", async () => {
    const port = await getPort({ host: "127.0.0.1" });
    const node = await launch(first, { rpcUrl: `http://127.0.0.1:${port}` });
    await eventually("it waits", () => node.output().includes("waiting for the chain"));
    expect((await node.status()).chain.state).to.equal("connecting");
    const proxy = await startProxy(port, Number(new URL(network.rpcUrl).port));
    await attended(node);
    await proxy.cut();
  });

  it("error: wrong-chain ends the process", async () => {
    const deployment = join(folder(), "other-chain.json");
    await writeFile(deployment, JSON.stringify({ ...network.deployment, chainId: 1 }));
    await expectEnd(first, { deployment }, "wrong-chain");
  });

  it("error: operator-of-other-node and operator-unknown end the process with the next step", async () => {
    await expectEnd(
      first,
      { nodeId: second.nodeId },
      "operator-of-other-node",
      `Set nodeId to ${first.nodeId}`,
    );
    const keystore = join(folder(), "stranger.json");
    await writeKeystore(keystore, generatePrivateKey(), "test", { scryptN: 1024 });
    await expectEnd(first, { keystore }, "operator-unknown", "millrace node add");
  });

  it("error: config-invalid, keystore-password-wrong and port-taken end the process; no secret is logged", async () => {
    await expectEnd(first, { nodeId: "one" }, "config-invalid", "nodeId");
    const passwordFile = join(folder(), "wrong-password");
    await writeFile(passwordFile, "not-the-password");
    const node = await expectEnd(first, { passwordFile }, "keystore-password-wrong");
    expect(node.output()).not.to.contain("not-the-password");
    const taken = await launch(second);
    await eventually("it listens", async () => (await fetch(`${taken.url}/v1/health`)).ok);
    await expectEnd(first, { listen: second.config.listen }, "port-taken");
  });

  async function expectEnd(
    registered: RegisteredNode,
    changes: object,
    ...texts: string[]
  ): Promise<NodeProcess> {
    const node = await launch(registered, changes);
    expect(await node.ended, node.output()).to.equal(1);
    for (const text of texts) expect(node.output()).to.contain(text);
    return node;
  }
});
