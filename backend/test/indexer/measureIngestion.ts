/**
 * Measures how many events a second the indexer takes in from a source that costs nothing:
 * `node backend/test/indexer/measureIngestion.ts` on PGlite, with DATABASE_URL on that (empty) PostgreSQL database.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { indexTo } from "../../src/indexer/indexer.ts";
import { refold } from "../../src/indexer/refold.ts";
import { openStore } from "../../src/store/open.ts";
import { testDeployment } from "../store/deployment.ts";
import { simulateChain } from "./simulatedChain.ts";

const blocks = 1_000;
const actionsPerBlock = 50;

const chain = simulateChain();
for (let number = 0; number < blocks; number++) {
  const actions = Array.from({ length: actionsPerBlock }, (_, index) => ({
    // Mostly attendance, as on a real network: kind 9 changes nodes, amount 5 modulo 6 attends.
    kind: index < 5 ? number + index * 3 : 9,
    who: number * 7 + index,
    amount: index < 5 ? number * 31 + index : 5,
  }));
  chain.mine(number < 50 ? actions.map((action, index) => ({ ...action, kind: index })) : actions);
}
const events = (await chain.rangeEvents(0, chain.height)).length;

const dataFolder = await mkdtemp(path.join(tmpdir(), "millrace-measure-"));
const store = await openStore({
  deployment: testDeployment,
  dataFolder,
  databaseUrl: process.env["DATABASE_URL"],
});
try {
  const ranges = await seconds(() =>
    indexTo({ store, source: chain, finality: { depth: 0 }, toBlock: blocks / 2 }),
  );
  const half = (await chain.rangeEvents(0, blocks / 2)).length;
  const tip = await seconds(() =>
    indexTo({ store, source: chain, finality: { depth: blocks }, toBlock: chain.height }),
  );
  const again = await seconds(() => refold(store));
  const figures = {
    database: store.database.kind,
    events,
    rangeEventsPerSecond: Math.round(half / ranges),
    tipBlocksPerSecond: Math.round(blocks / 2 / tip),
    tipEventsPerSecond: Math.round((events - half) / tip),
    refoldEventsPerSecond: Math.round(events / again),
    peakMiB: Math.round(process.resourceUsage().maxRSS / 1_024),
  };
  console.log(JSON.stringify(figures));
} finally {
  await store.close();
  await rm(dataFolder, { recursive: true, force: true });
}

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1_000;
}
