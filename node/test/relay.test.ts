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
    const epoch = await network.toNextEpoch();
    await Promise.all(processes.map((node) => attended(node, epoch)));
    expect(await Promise.all(others.map(sentBy)), "transactions of the others").to.deep.equal([0, 0]);
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
    // Of an epoch in which nothing was handed over yet there is no word to repeat.
    const stranger = await network.addNode();
    const { epoch = 0 } = (await processes[0]?.status()) ?? {};
    expect(await hand(stranger.nodeId, epoch)).to.be.oneOf([
      "403 attendance-not-ours",
      "409 attendance-epoch-other",
    ]);
    expect(await hand(others[0]?.nodeId ?? 0, epoch + 5)).to.equal("409 attendance-epoch-other");
    const unknown = await hand(999, epoch);
    expect(unknown).to.be.oneOf(["403 attendance-not-ours", "409 attendance-epoch-other"]);
    const fresh = await network.addNode({ besides: payer.nodeId });
    const { epoch: now = 0 } = (await processes[0]?.status()) ?? {};
    expect(await hand(fresh.nodeId, now)).to.be.oneOf([
      "403 attendance-not-signed",
      "409 attendance-epoch-other",
    ]);
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
    await first.kill();
    await attended(able, await network.toNextEpoch());
    expect(await sentBy(second)).to.be.greaterThan(0);
    expect(able.lines().map(({ msg }) => msg)).to.include("the relay does not help");
    await eventually("the poor one says what it lacks", async () =>
      (await poor.status()).attendanceProblem?.includes("is missing"),
    );
    // The relay is back: both are brought again.
    processes[0] = await startNode(payer, relaying());
    await Promise.all([processes[0], poor, able].map((node) => attended(node)));
  });
});
