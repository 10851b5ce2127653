import { setTimeout as delay } from "node:timers/promises";
import { readDeal, registryAbi } from "@millrace/sdk";
import { expect } from "chai";
import { answerOf, attended, epochSeen, inState, startNode, stateOf } from "./support/daemon.ts";
import { eventually } from "./support/eventually.ts";
import { fixtureModule } from "./support/fixtures.ts";
import { useSharedFolder } from "./support/folder.ts";
import { askPerUnitEpoch, type Network, type RegisteredNode, startNetwork } from "./support/network.ts";
import { endProcesses, type NodeProcess, printLogsOfFailure } from "./support/processes.ts";

const epochDuration = 10;

describe("the node's process, on a real chain", function () {
  this.timeout(120_000);
  const folder = useSharedFolder();
  let network: Network;
  let registered: RegisteredNode;
  let node: NodeProcess;
  let echo = 0n;
  before(async () => {
    network = await startNetwork(folder(), epochDuration);
    registered = await network.addNode();
    node = await startNode(registered);
    echo = await network.createDeal(fixtureModule("echo"));
  });
  afterEach(function () {
    printLogsOfFailure(this.currentTest);
  });
  after(async () => {
    network.close();
    await endProcesses();
  });

  it("default: attends, is assigned, warms the module, answers a call", async () => {
    await attended(node);
    await network.match(echo, [registered.nodeId]);
    await inState(node, echo, "ready");
    const response = await answerOf(node, echo);
    expect(response.headers.get("millrace-node")).to.equal(String(registered.nodeId));
    expect((await node.status()).operator).to.equal(registered.operator);
  });

  it("error: data-folder-locked names the folder when a second process starts", async () => {
    const second = await startNode(registered);
    expect(await second.ended).to.equal(1);
    expect(second.output()).to.contain("data-folder-locked").and.to.contain(`node-${registered.nodeId}/data`);
    await answerOf(node, echo);
  });

  it("behavior: after SIGKILL it answers again, without the blob source, and attends no epoch twice", async () => {
    node.signal("SIGKILL");
    await node.ended;
    const module = [...network.blobs];
    network.blobs.clear();
    node = await startNode(registered);
    await inState(node, echo, "ready");
    await answerOf(node, echo);
    for (const [cid, bytes] of module) network.blobs.set(cid, bytes);
    await attended(node);
    const { registry } = network.deployment.contracts;
    const sent = await network.test.getTransactionCount({ address: registered.operator });
    const logs = await network.test.getContractEvents({
      address: registry,
      abi: registryAbi,
      eventName: "NodeAttended",
      args: { node: registered.nodeId },
      fromBlock: 0n,
    });
    expect(sent - logs.length).to.be.within(0, 1);
  });

  it("behavior: attends epoch after epoch, and says what gas money is left", async () => {
    const { registry } = network.deployment.contracts;
    for (let round = 0; round < 3; round += 1) {
      await attended(node, await network.toNextEpoch());
      const args = [registered.nodeId, (await node.status()).attendedEpoch ?? 0] as const;
      const contract = { address: registry, abi: registryAbi } as const;
      expect(await network.test.readContract({ ...contract, functionName: "attended", args })).to.equal(true);
    }
    expect((await node.status()).gas?.epochsLeft).to.be.above(1000);
    expect(node.lines().filter(({ msg }) => msg === "epoch missed")).to.deep.equal([]);
  });

  it("behavior: SIGTERM during a slow call finishes that call, and the process ends with 0", async () => {
    const limits = { timeoutMs: 3000, memoryMiB: 16, inputMiB: 1, outputMiB: 1 };
    const slow = await network.createDeal(fixtureModule("loop", { limits }));
    await attended(node);
    await network.match(slow, [registered.nodeId]);
    await inState(node, slow, "ready");
    const running = node.call(slow, "");
    await delay(500);
    node.signal("SIGTERM");
    await eventually("it drains", async () => (await node.status()).draining);
    const refused = await node.call(echo, "too late");
    expect(refused.status).to.equal(503);
    expect(refused.headers.get("retry-after")).to.equal("10");
    expect((await running).status).to.equal(504);
    expect(await node.ended).to.equal(0);
    node = await startNode(registered);
    await inState(node, echo, "ready");
  });

  it("behavior: stops when the deal's money ends, and resumes after a top-up", async () => {
    await attended(node);
    const poor = await network.createDeal(fixtureModule("echo"), 4n * askPerUnitEpoch);
    await network.match(poor, [registered.nodeId]);
    await inState(node, poor, "ready");
    const { fundedThroughEpoch = 0n } = await readDeal(network.developer, poor);
    for (
      let epoch = 0;
      epoch <= Number(fundedThroughEpoch);
      epoch = await epochSeen(node, await network.toNextEpoch())
    ) {
      await answerOf(node, poor);
    }
    await inState(node, poor, "stopped");
    expect((await stateOf(node, poor))?.reason).to.contain("no money");
    const refused = await node.call(poor, "");
    expect(refused.status).to.equal(404);
    expect(await refused.text())
      .to.contain("deal-not-served")
      .and.to.contain("no money");
    await network.topUp(poor, 100n * askPerUnitEpoch);
    expect((await stateOf(node, poor))?.state).to.equal("stopped");
    await network.toNextEpoch();
    await inState(node, poor, "ready");
    await answerOf(node, poor);
  });
});
