import { registryAbi, signAttendance } from "@millrace/sdk";
import { expect } from "chai";
import { parseEventLogs } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { attended, startNode } from "./support/daemon.ts";
import { eventually } from "./support/eventually.ts";
import { useSharedFolder } from "./support/folder.ts";
import { type Network, type RegisteredNode, startNetwork } from "./support/network.ts";
import { endProcesses, type NodeProcess, printLogsOfFailure } from "./support/processes.ts";

/** Seconds: the others' words are collected for one, and after five each node helps itself. */
const epochDuration = 10;

describe("a node that attends for the others of its provider, on a real chain", function () {
  this.timeout(120_000);
  const folder = useSharedFolder();
  let network: Network;
  let payer: RegisteredNode;
  let others: RegisteredNode[];
  let processes: NodeProcess[];

  const relaying = () => ({ relayAttendances: true });
  const relayed = () => ({ attendanceRelay: payer.config.publicUrl });
  const sentBy = ({ operator }: RegisteredNode) => network.test.getTransactionCount({ address: operator });

  before(async () => {
    network = await startNetwork(folder(), epochDuration);
    payer = await network.addNode();
    others = [
      await network.addNode({ besides: payer.nodeId, gasMoney: 0n }),
      await network.addNode({ besides: payer.nodeId }),
    ];
    processes = [
      await startNode(payer, relaying()),
      ...(await Promise.all(others.map((node) => startNode(node, relayed())))),
    ];
  });
  afterEach(function () {
    printLogsOfFailure(this.currentTest);
  });
  after(async () => {
    network.close();
    await endProcesses();
  });

  it("default: one transaction of the one node attends for all, also for one without any money", async () => {
    await Promise.all(processes.map((node) => attended(node)));
    // Whoever began in the second half of an epoch attended by itself.
    const before = await Promise.all(others.map(sentBy));
    const epoch = await network.toNextEpoch();
    await Promise.all(processes.map((node) => attended(node, epoch)));
    expect(await Promise.all(others.map(sentBy)), "transactions of the others").to.deep.equal(before);
    const logs = await network.test.getLogs({
      address: network.deployment.contracts.registry,
      fromBlock: 0n,
    });
    const marks = parseEventLogs({ abi: registryAbi, eventName: "NodeAttended", logs }).filter(
      ({ args }) => args.epoch === epoch,
    );
    expect(marks.map(({ args }) => args.node).sort()).to.deep.equal(
      [payer, ...others].map(({ nodeId }) => nodeId).sort(),
    );
    expect(new Set(marks.map(({ transactionHash }) => transactionHash)).size).to.equal(1);
    for (const node of processes.slice(1)) {
      expect((await node.status()).attendanceProblem).to.equal(undefined);
      expect(node.lines().map(({ msg }) => msg)).to.include("attended by the relay");
    }
  });

  it("error: takes nobody else's word, nor a forged one, nor one of another epoch", async () => {
    const otherEpoch = "409 attendance-epoch-other";
    const hand = async (
      node: number,
      epoch: number,
      operator = privateKeyToAccount(generatePrivateKey()),
    ) => {
      const { deployment } = network;
      const signed = await signAttendance({ deployment, operator, node, epoch });
      const body = JSON.stringify({ ...signed, epoch });
      const response = await fetch(`${payer.config.publicUrl}/v1/attendances`, { method: "POST", body });
      const { error } = (await response.json()) as { error?: { code: string } };
      return `${response.status} ${error?.code ?? "taken"}`;
    };
    /** In the present epoch, also if that turns in between. */
    const handNow = async (node: number): Promise<string> => {
      const { epoch = 0 } = (await processes[0]?.status()) ?? {};
      const answer = await hand(node, epoch);
      return answer === otherEpoch ? handNow(node) : answer;
    };
    const stranger = await network.addNode();
    expect(await handNow(stranger.nodeId)).to.equal("403 attendance-not-ours");
    expect(await handNow(999)).to.equal("403 attendance-not-ours");
    const fresh = await network.addNode({ besides: payer.nodeId });
    expect(await handNow(fresh.nodeId)).to.equal("403 attendance-not-signed");
    const { epoch: now = 0 } = (await processes[0]?.status()) ?? {};
    for (const epoch of [now - 1, now + 5]) expect(await hand(fresh.nodeId, epoch)).to.equal(otherEpoch);
    const off = await fetch(`${others[0]?.config.publicUrl}/v1/attendances`, { method: "POST", body: "{}" });
    expect(off.status).to.equal(404);
    const malformed = await fetch(`${payer.config.publicUrl}/v1/attendances`, { method: "POST", body: "{}" });
    expect(malformed.status).to.equal(400);
  });

  it("behavior: without the relay each attends by itself in the second half of the epoch, if it has money", async () => {
    const [first, poor, able] = processes;
    const [, second] = others;
    if (first === undefined || poor === undefined || able === undefined || second === undefined)
      throw new Error("no nodes");
    first.signal("SIGKILL");
    const before = await sentBy(second);
    await attended(able, await network.toNextEpoch());
    expect(await sentBy(second)).to.equal(before + 1);
    expect(able.lines().map(({ msg }) => msg)).to.include("the relay does not help");
    await eventually("the poor one says what it lacks", async () =>
      (await poor.status()).attendanceProblem?.includes("is missing"),
    );
    // The relay is back: both are brought again.
    processes[0] = await startNode(payer, relaying());
    await Promise.all([processes[0], poor, able].map((node) => attended(node)));
  });
});
