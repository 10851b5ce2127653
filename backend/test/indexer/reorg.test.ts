import { expect } from "chai";
import fc from "fast-check";
import { MillraceError } from "@millrace/sdk";
import { indexTo } from "../../src/indexer/indexer.ts";
import { refold } from "../../src/indexer/refold.ts";
import { firstRangeSize, step, type StepContext } from "../../src/indexer/step.ts";
import { readCursor } from "../../src/store/cursor.ts";
import { dumpDerived } from "../../src/store/dump.ts";
import type { Store } from "../../src/store/store.ts";
import { createTestDatabase, databaseKinds, type TestDatabase } from "../store/databases.ts";
import { Crash, crashingSource, crashingStore, type Fuse } from "./faults.ts";
import type { Action } from "./marketplace.ts";
import { simulateChain, type SimulatedChain } from "./simulatedChain.ts";

const depth = 4;
const seed = Number(process.env["MILLRACE_SEED"] ?? Math.floor(Math.random() * 2 ** 31));
const isLong = process.env["MILLRACE_LONG"] !== undefined;
const numRuns = { pglite: isLong ? 100 : 8, postgresql: isLong ? 500 : 20 };

/** Blocks are dropped and mined, then the indexer makes some steps, seeing a chain that may be a little shorter. */
interface Round {
  drop: number;
  blocks: Action[][];
  lag: number;
  steps: number;
  refold: boolean;
  /** The process dies at the so-many-th wait; 0: it doesn't. */
  crashAfter: number;
}

const action = fc.record({ kind: fc.nat(999), who: fc.nat(5), amount: fc.nat(1_000) });
const block = fc.array(action, { maxLength: 6 });
const roundOf = (crashAfter: fc.Arbitrary<number>): fc.Arbitrary<Round> =>
  fc.record({
    drop: fc.nat(depth),
    blocks: fc.array(block, { maxLength: depth + 2 }),
    lag: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.nat(3)),
    steps: fc.nat(8),
    refold: fc.oneof({ weight: 6, arbitrary: fc.constant(false) }, fc.constant(true)),
    crashAfter,
  });
const calm = roundOf(fc.constant(0));
const crashing = roundOf(fc.integer({ min: 1, max: 60 }));

for (const kind of databaseKinds) {
  describe(`indexer on ${kind} (seed ${seed})`, function () {
    this.timeout(600_000);
    let database: TestDatabase;
    let store: Store;

    before(async () => {
      database = await createTestDatabase(kind);
      store = await database.open();
    });
    after(async () => {
      await store.close();
      await database.remove();
    });
    beforeEach(() => empty(store));

    const check = (rounds: fc.Arbitrary<Round[]>) =>
      fc.assert(
        fc.asyncProperty(rounds, async (list) => {
          await empty(store);
          const chain = simulateChain();
          mineMany(chain, 3);
          await perform(list, chain, store);
          await settle(chain, store);
          const incremental = await dumpDerived(store);
          await refold(store);
          expect(await dumpDerived(store), "refolded").to.deep.equal(incremental);
          await empty(store);
          await indexTo({ store, source: chain, finality: { depth: 0 }, toBlock: chain.height });
          expect(await dumpDerived(store), "built from the final chain").to.deep.equal(incremental);
        }),
        { numRuns: numRuns[kind], seed, endOnFailure: !isLong },
      );

    it("behavior: any sequence of reorgs ends equal to indexing the final chain", () =>
      check(fc.array(calm, { minLength: 3, maxLength: 12 })));

    it("behavior: so does any sequence with crashes at any wait", () =>
      check(fc.array(crashing, { minLength: 3, maxLength: 12 })));

    it("behavior: a lower head is no reorg", async () => {
      const chain = simulateChain();
      mineMany(chain, 12);
      await settle(chain, store);
      const before = await dumpDerived(store);
      chain.lag(3);
      const context = contextOf(store, chain);
      for (let i = 0; i < 3; i++)
        expect((await step(context, { blocks: firstRangeSize })).did).to.equal("nothing");
      expect(await dumpDerived(store)).to.deep.equal(before);
      expect((await readCursor(store))?.number).to.equal(12);
    });

    it("error: reorg-beyond-finality halts and changes nothing", async () => {
      const chain = simulateChain();
      mineMany(chain, 12);
      await settle(chain, store);
      const before = await dumpDerived(store);
      chain.drop(depth + 1);
      mineMany(chain, depth + 3);
      const error: unknown = await step(contextOf(store, chain), { blocks: firstRangeSize }).catch(
        (reason: unknown) => reason,
      );
      expect(error).to.be.instanceOf(MillraceError).with.property("code", "reorg-beyond-finality");
      expect(await dumpDerived(store)).to.deep.equal(before);
    });

    it("behavior: a second writer on the same database is harmless", async () => {
      const chain = simulateChain();
      mineMany(chain, 30);
      const writers = [contextOf(store, chain), contextOf(store, chain)];
      for (let round = 0; round < 12; round++) {
        const results = await Promise.allSettled(writers.map((writer) => step(writer, { blocks: 3 })));
        for (const result of results)
          if (result.status === "rejected")
            expect(result.reason).to.be.instanceOf(MillraceError).with.property("code", "cursor-moved");
      }
      await settle(chain, store);
      const shared = await dumpDerived(store);
      await empty(store);
      await settle(chain, store);
      expect(await dumpDerived(store)).to.deep.equal(shared);
    });
  });
}

function contextOf(store: Store, chain: SimulatedChain): StepContext {
  return { store, source: chain, finality: { depth } };
}

/** Performs the rounds; a crash loses whatever the indexer held in memory. */
async function perform(rounds: Round[], chain: SimulatedChain, store: Store): Promise<void> {
  const fuse: Fuse = { left: 0 };
  const context: StepContext = {
    store: crashingStore(store, fuse),
    source: crashingSource(chain, fuse),
    finality: { depth },
  };
  let highest = chain.height;
  for (const { drop, blocks, lag, steps, refold: refolds, crashAfter } of rounds) {
    // No deeper than what counted as final when the chain was at its highest.
    const floor = Math.max(0, highest - depth);
    chain.drop(Math.min(drop, Math.max(0, chain.height - floor)));
    blocks.forEach((actions) => chain.mine(actions));
    highest = Math.max(highest, chain.height);
    chain.lag(lag);
    fuse.left = crashAfter;
    for (let i = 0; i < steps; i++) await surviving(() => step(context, { blocks: 3 }));
    if (refolds) await surviving(() => refold(context.store));
  }
  fuse.left = 0;
  chain.lag(0);
  // A chain that stays below what was indexed is waited for.
  while (chain.height <= highest) chain.mine([]);
}

async function surviving(work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const isTemporary = error instanceof MillraceError && error.retryable;
    if (!(error instanceof Crash) && !isTemporary) throw error;
  }
}

async function settle(chain: SimulatedChain, store: Store): Promise<void> {
  const context = contextOf(store, chain);
  while ((await step(context, { blocks: 7 })).did !== "nothing");
  expect((await readCursor(store))?.number).to.equal(chain.height);
}

function mineMany(chain: SimulatedChain, blocks: number): void {
  for (let i = 0; i < blocks; i++) {
    const number = chain.height;
    chain.mine(
      [1, 2, 3, 4, 5].map((n) => ({ kind: number * 3 + n, who: n + number, amount: number * 31 + n })),
    );
  }
}

async function empty(store: Store): Promise<void> {
  const tables = await store.database.query<{ name: string }>(
    `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' AND tablename NOT LIKE '\\_%'`,
  );
  await store.database.script(tables.map(({ name }) => `TRUNCATE "${name}";`).join("\n"));
}
