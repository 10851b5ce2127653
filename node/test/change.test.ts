import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { cidToDigest, moduleCid, modulesAbi, registryAbi, rotateOperator, send } from "@millrace/sdk";
import { writeKeystore } from "@millrace/sdk/node";
import { expect } from "chai";
import { parseEther, zeroHash } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { attended, epochSeen, inState, startNode, stateOf } from "./support/daemon.ts";
import { eventually } from "./support/eventually.ts";
import { fixtureModule } from "./support/fixtures.ts";
import { useSharedFolder } from "./support/folder.ts";
import { type Network, type RegisteredNode, startNetwork } from "./support/network.ts";
import { endProcesses, type NodeProcess, printLogsOfFailure } from "./support/processes.ts";

const callsPerSecond = 60;

/** What happens while callers call: another module, a module that cannot run, another operator key. */
describe("changes under load, on a real chain", function () {
  this.timeout(120_000);
  const folder = useSharedFolder();
  let network: Network;
  let registered: RegisteredNode;
  let node: NodeProcess;
  let deal = 0n;
  before(async () => {
    network = await startNetwork(folder(), 30);
    registered = await network.addNode();
    node = await startNode(registered);
    deal = await network.createDeal(version("zero"));
    await attended(node);
    await network.match(deal, [registered.nodeId]);
    await inState(node, deal, "ready");
  });
  afterEach(function () {
    printLogsOfFailure(this.currentTest);
  });
  after(async () => {
    network.close();
    await endProcesses();
  });

  const version = (name: string) => fixtureModule("echo", { env: { VERSION: name } });
  const modules = async () => (await stateOf(node, deal))?.modules;

  /** The deal's owner names another module; the blob source has it unless it is not published. */
  async function setModule(module: Uint8Array, published = true): Promise<string> {
    const cid = await moduleCid(module);
    if (published) network.blobs.set(cid, module);
    const args = [deal, cidToDigest(cid), zeroHash] as const;
    const { modules: address } = network.deployment.contracts;
    const sent = send(network.developer, { address, abi: modulesAbi, functionName: "setModule", args });
    await network.test.mine({ blocks: 1 });
    await sent;
    return cid;
  }

  /** Calls all the time until the work is done; each call must be answered with 200. */
  async function underLoad(work: () => Promise<void>): Promise<{ answered: number; versions: string[] }> {
    const versions: string[] = [];
    const failed: string[] = [];
    const calls: Promise<void>[] = [];
    const working = new AbortController();
    const call = async () => {
      const response = await node.call(deal, `input ${Math.random()}`);
      const text = await response.text();
      if (response.status !== 200) failed.push(`${response.status} ${text}`);
      const name = /VERSION=([a-z]+)/.exec(text)?.[1] ?? "none";
      if (versions.at(-1) !== name) versions.push(name);
    };
    const loading = (async () => {
      while (!working.signal.aborted) {
        calls.push(call().catch((error: unknown) => void failed.push(String(error))));
        await delay(1000 / callsPerSecond);
      }
      await Promise.all(calls);
    })();
    await work().finally(() => {
      working.abort();
    });
    await loading;
    expect(failed).to.deep.equal([]);
    return { answered: calls.length, versions: [...new Set(versions)] };
  }

  it("behavior: a new module and the way back lose no call, and take over at their epochs", async () => {
    const load = await underLoad(async () => {
      const cid = await setModule(version("one"));
      await eventually("the next is warm", async () => (await modules())?.next?.state === "ready");
      expect((await modules())?.present.version).to.equal(0);
      await attended(node);
      await network.toNextEpoch();
      await eventually("it serves", async () => (await modules())?.present.cid === cid);
      network.blobs.clear();
      await setModule(version("zero"), false);
      await eventually("the former is warm", async () => (await modules())?.next?.state === "ready");
      await attended(node);
      await network.toNextEpoch();
      await eventually("it serves again", async () => (await modules())?.present.version === 2);
    });
    expect(load.versions).to.deep.equal(["zero", "one"]);
    expect(load.answered).to.be.above(100);
    await attended(node);
  });

  it("behavior: a module that cannot be run changes nothing but the status and the log", async () => {
    await underLoad(async () => {
      const cid = await setModule(new TextEncoder().encode(`no module ${Math.random()}`));
      await eventually("it is refused", async () => (await modules())?.next?.state === "failed");
      await attended(node);
      await epochSeen(node, await network.toNextEpoch());
      await eventually("the log tells", () => node.output().includes("the one before serves on"));
      expect((await modules())?.present).to.include({ version: 2, state: "ready" });
      expect((await modules())?.next).to.include({ version: 3, cid, state: "failed" });
    });
    await attended(node);
  });

  it("behavior: a new operator key speaks for the node from its epoch on; no call and no epoch is lost", async () => {
    const key = generatePrivateKey();
    const next = privateKeyToAccount(key);
    await writeKeystore(join(registered.configFile, "../next.json"), key, "test", { scryptN: 1024 });
    const settings = JSON.parse(await readFile(registered.configFile, "utf8")) as object;
    await writeFile(registered.configFile, JSON.stringify({ ...settings, nextKeystore: "next.json" }));
    await network.test.setBalance({ address: next.address, value: parseEther("1") });
    const provider = network.providerOf(registered.nodeId);
    await underLoad(async () => {
      const { nodeId, operator: current } = registered;
      const rotation = rotateOperator(provider.chain, { node: nodeId, provider: provider.id, current, next });
      await network.test.mine({ blocks: 1 });
      const { fromEpoch } = await rotation;
      await eventually("the node knows", () => node.output().includes("the next one is here"));
      expect((await node.status()).operator).to.equal(current);
      await attended(node);
      expect(await network.toNextEpoch()).to.equal(fromEpoch);
      await eventually("it changes over", async () => (await node.status()).operator === next.address);
      await attended(node, fromEpoch);
      await attended(node, await network.toNextEpoch());
    });
    expect(node.lines().filter(({ msg }) => msg === "epoch missed")).to.deep.equal([]);
    const { registry: address } = network.deployment.contracts;
    const logs = await network.test.getContractEvents({
      ...{ address, abi: registryAbi, eventName: "NodeAttended" },
      ...{ args: { node: registered.nodeId }, fromBlock: 0n },
    });
    expect(await network.test.getTransactionCount({ address: next.address })).to.equal(2);
    expect(logs.length).to.be.at.least(4);
  });

  it("behavior: after a stop it says which epochs it missed meanwhile, and its settings name the new key", async () => {
    node.signal("SIGTERM");
    expect(await node.ended).to.equal(0);
    const missed = [await network.toNextEpoch(), await network.toNextEpoch()];
    await network.toNextEpoch();
    node = await startNode(registered, { nextKeystore: "next.json" });
    await attended(node);
    const line = node.lines().find(({ msg }) => msg.startsWith("epochs missed while the node was down"));
    expect(line).to.include({ from: missed[0], to: missed[1], epochs: 2 });
    // The newest module is the one that is refused: the one before it is found again, too.
    await eventually("it serves as before", async () => (await node.call(deal, "")).status === 200);
    expect((await modules())?.present).to.include({ version: 2, state: "ready" });
  });
});
