import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readWorkers, type Chain } from "@millrace/sdk";
import { writeKeystore } from "@millrace/sdk/node";
import { expect } from "chai";
import type { Address } from "viem";
import { testClient } from "../../../scripts/devnet/chain.ts";
import { dumpDerived } from "../../src/store/dump.ts";
import { createTestDatabase, type TestDatabase } from "../store/databases.ts";
import { addProvider, openDeal, termsOf, type TestNode } from "../support/market.ts";
import { startNetwork, type TestNetwork } from "../support/network.ts";
import { eventually, startBackendProcess, type BackendProcess } from "../support/process.ts";

const dealsAtOnce = 5;

describe("two processes on one PostgreSQL", function () {
  this.timeout(180_000);
  let network: TestNetwork;
  let database: TestDatabase;
  let folder: string;
  let developer: Chain;
  let wallet: Address;
  let nodes: TestNode[];
  const running: BackendProcess[] = [];

  before(async () => {
    network = await startNetwork();
    database = await createTestDatabase("postgresql");
    folder = await mkdtemp(join(tmpdir(), "millrace-failover-"));
    developer = await network.connectAs(1);
    wallet = (await network.connectAs(6)).account?.address ?? "0x";
    await writeKeystore(join(folder, "key.json"), network.privateKeyOf(6), "secret", { scryptN: 1024 });
    await writeFile(join(folder, "password"), "secret\n");
    nodes = [
      ...(await addProvider(network, 2, [{ ask: 1_000n }])),
      ...(await addProvider(network, 3, [{ ask: 1_200n }])),
    ];
  });
  after(async () => {
    for (const { child, ended } of running) {
      child.kill("SIGKILL");
      await ended;
    }
    await database.remove();
    await network.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const start = () => {
    const started = startBackendProcess({
      RPC_URL: network.rpcUrl,
      DEPLOYMENT_FILE: network.record,
      DATA_FOLDER: join(folder, "data"),
      DATABASE_URL: database.databaseUrl ?? "",
      PORT: "0",
      FINALITY_DEPTH: "5",
      POLL_INTERVAL_MS: "50",
      KEYSTORE: join(folder, "key.json"),
      KEYSTORE_PASSWORD_FILE: join(folder, "password"),
    });
    running.push(started);
    return started;
  };
  const urlOf = async (backend: BackendProcess) => (await backend.said("backend started")).url ?? "";
  /** True if the last thing that it said of the role is that it leads. */
  const leads = ({ lines }: BackendProcess, role: string) =>
    lines.findLast(({ msg, part }) => part === role && /^leads/.test(msg ?? ""))?.msg === "leads";
  const leading = (backend: BackendProcess) =>
    eventually(() => Promise.resolve(["indexer", "matcher", "keeper"].every((role) => leads(backend, role))));
  const counts = async () => {
    const { publicClient } = developer;
    const mined = await publicClient.getTransactionCount({ address: wallet });
    const known = await publicClient.getTransactionCount({ address: wallet, blockTag: "pending" });
    return { mined, inFlight: known - mined };
  };
  const openDeals = async () => {
    const deals: number[] = [];
    for (let count = 0; count < dealsAtOnce; count++) deals.push(await openDeal(developer, termsOf(network)));
    return deals;
  };
  const workersOf = (deals: number[]) =>
    Promise.all(deals.map(async (deal) => (await readWorkers(developer, BigInt(deal))).length));
  /** Sends from the wallet since `from`, each with its outcome; to one contract only, if it is named. */
  const outcomes = async (from: bigint, contract?: "deals" | "staking") => {
    const { publicClient } = developer;
    const only = contract === undefined ? undefined : network.deployment.contracts[contract].toLowerCase();
    const found: string[] = [];
    for (let number = from + 1n; number <= (await publicClient.getBlockNumber()); number++) {
      const block = await publicClient.getBlock({ blockNumber: number, includeTransactions: true });
      for (const { from: sender, to, hash } of block.transactions)
        if (
          sender.toLowerCase() === wallet.toLowerCase() &&
          (only ?? to?.toLowerCase()) === to?.toLowerCase()
        )
          found.push((await publicClient.getTransactionReceipt({ hash })).status);
    }
    return found;
  };
  const blockNumber = () => developer.publicClient.getBlockNumber();
  const once = (count: number) => Array.from({ length: count }, () => "success");

  /** Runs `work` while blocks are made only now and then, so that transactions stay in flight for a moment. */
  async function withSlowBlocks(work: (mine: () => Promise<void>) => Promise<void>): Promise<void> {
    const client = testClient(network.rpcUrl);
    await client.setAutomine(false);
    try {
      await work(() => client.mine({ blocks: 1 }));
    } finally {
      await client.setAutomine(true);
      await client.mine({ blocks: 1 });
    }
  }

  it("default: one leads, the other serves what that one wrote; SIGKILL within matches doubles nothing", async () => {
    const deals = await openDeals();
    const from = await blockNumber();
    await withSlowBlocks(async (mine) => {
      const first = start();
      await leading(first);
      const second = start();
      const url = await urlOf(second);
      await eventually(async () => (await counts()).inFlight >= 2);
      first.child.kill("SIGKILL");
      await first.ended;
      await leading(second);
      await eventually(async () => {
        await mine();
        return (await workersOf(deals)).every((workers) => workers === 2);
      });
      const health = (await (await fetch(`${url}/v1/health`)).json()) as {
        parts: Record<string, { leader?: boolean }>;
      };
      expect(health.parts["matcher"]?.leader).to.equal(true);
    });
    expect(await outcomes(from)).to.deep.equal(once(dealsAtOnce));
  });

  it("behavior: SIGKILL within evictions, and a new process takes over", async () => {
    const [, there] = nodes;
    if (there === undefined) throw new Error("no node");
    const [second] = running.slice(-1);
    const third = start();
    const api = await urlOf(third);
    for (let epoch = 0; epoch < 2; epoch++) await network.nextEpoch(there.operator);
    const from = await blockNumber();
    await withSlowBlocks(async (mine) => {
      const client = testClient(network.rpcUrl);
      // The epoch in which the gone node has missed enough begins with this block.
      const { deployment } = network;
      const { timestamp } = await client.getBlock();
      const epoch = Math.floor((Number(timestamp) - deployment.genesis) / deployment.epochDuration);
      const next = deployment.genesis + (epoch + 1) * deployment.epochDuration;
      await client.setNextBlockTimestamp({ timestamp: BigInt(next) });
      await mine();
      await eventually(async () => (await counts()).inFlight >= 2);
      second?.child.kill("SIGKILL");
      await second?.ended;
      await leading(third);
      await eventually(async () => {
        await mine();
        const { items } = (await (await fetch(`${api}/v1/events?limit=500`)).json()) as {
          items: { name: string }[];
        };
        return items.filter(({ name }) => name === "WorkerEnded").length >= dealsAtOnce;
      });
      await eventually(async () => (await counts()).inFlight === 0 || (await mine(), false));
    });
    expect(await outcomes(from)).to.deep.equal(once(dealsAtOnce));
  });

  it("behavior: a paused leader loses the lead, and does nothing when it wakes up", async () => {
    const [third] = running.slice(-1);
    third?.child.kill("SIGSTOP");
    const fourth = start();
    await leading(fourth);
    await network.nextEpoch(...nodes.map(({ operator }) => operator));
    const from = await blockNumber();
    const deals = await openDeals();
    await eventually(async () => (await workersOf(deals)).every((workers) => workers === 2));
    third?.child.kill("SIGCONT");
    await eventually(() => Promise.resolve(third !== undefined && !leads(third, "matcher")));
    const more = await openDeals();
    await eventually(async () => (await workersOf(more)).every((workers) => workers === 2));
    await eventually(async () => (await counts()).inFlight === 0);
    // The released workers of the last test come on top of the matches.
    expect(await outcomes(from, "deals")).to.deep.equal(once(2 * dealsAtOnce + dealsAtOnce));
    // Its slashes are executed as soon as nobody can veto them any more: now, later, but none twice.
    const executed = await outcomes(from, "staking");
    expect(executed).to.deep.equal(once(executed.length));
    expect(executed.length).to.be.at.most(dealsAtOnce);
    fourth.child.kill("SIGTERM");
    expect(await fourth.ended).to.equal(0);
  });

  it("behavior: what they wrote together equals a fresh index", async () => {
    for (const { child, ended } of running) {
      child.kill("SIGKILL");
      await ended;
    }
    const shared = await database.open(network.deployment);
    const fresh = await createTestDatabase("pglite");
    const alone = await fresh.open(network.deployment);
    try {
      for (const store of [shared, alone]) await network.index(store);
      expect(await dumpDerived(shared)).to.deep.equal(await dumpDerived(alone));
    } finally {
      for (const store of [shared, alone]) await store.close();
      await fresh.remove();
    }
  });
});
