import { MillraceError } from "@millrace/sdk";
import type { ChainBlock, ChainSource } from "../chain/source.ts";
import { readCursor, type Cursor } from "../store/cursor.ts";
import type { Store } from "../store/store.ts";
import { applyBlocks, applyRange, applyStart } from "./apply.ts";
import { applyReorg } from "./reorg.ts";

/** What counts as final: a number of blocks below the head, or what the chain itself says. */
type Finality = { depth: number } | "tag";

export interface StepContext {
  store: Store;
  source: ChainSource;
  finality: Finality;
  /** Blocks after this one are left alone. */
  toBlock?: number | undefined;
}

/** How many blocks the next range reads: 500 at first, 5 % more after each success, half after each failure. */
export interface RangeSize {
  blocks: number;
}

export const firstRangeSize = 500;

/** What a step did. `head` is the newest block of the chain. */
export interface StepResult {
  did: "start" | "range" | "block" | "reorg" | "nothing";
  head: number;
}

/**
 * Brings the index one transaction further. A failure at any point changes nothing, and the next step starts over from the
 * database.
 * @throws MillraceError `reorg-beyond-finality` (lasting), `cursor-moved` | `rpc-inconsistent` | … (try again)
 */
export async function step(context: StepContext, size: RangeSize): Promise<StepResult> {
  const { store, source, toBlock = Number.MAX_SAFE_INTEGER } = context;
  const newest = await source.head();
  const head = newest.number <= toBlock ? newest : await blockAt(source, toBlock);
  const cursor = await readCursor(store);
  const result = (did: StepResult["did"]): StepResult => ({ did, head: newest.number });

  if (cursor === undefined) {
    await applyStart(store, await blockAt(source, Math.max(0, store.deployment.deploymentBlock - 1)));
    return result("start");
  }
  const final = Math.min(await finalOf(context, newest), head.number);
  const finalized = Math.max(cursor.finalizedNumber, final);
  if (cursor.number < finalized) return result(await stepRange(context, cursor, finalized, size));
  if (head.number > cursor.number) {
    const next = await source.block(cursor.number + 1);
    return result(next === undefined ? "nothing" : await stepBlock(context, cursor, next, finalized));
  }
  // A lower head is no reorg: some node behind the RPC end lags. A block at our height with another hash is one.
  if (head.number < cursor.number || head.hash === cursor.hash) return result("nothing");
  await applyReorg(context, cursor, head, finalized);
  return result("reorg");
}

async function stepBlock(context: StepContext, cursor: Cursor, next: ChainBlock, finalized: number) {
  if (next.parentHash !== cursor.hash) {
    await applyReorg(context, cursor, next, finalized);
    return "reorg";
  }
  const events = await context.source.blockEvents(next);
  const blocks = [{ header: next, events }];
  await applyBlocks(context.store, { cursor, ancestor: cursor.number, blocks }, finalized);
  return "block";
}

async function stepRange(context: StepContext, cursor: Cursor, finalized: number, size: RangeSize) {
  const { source, store } = context;
  const from = cursor.number + 1;
  const to = Math.min(cursor.number + Math.floor(size.blocks), finalized);
  const first = await blockAt(source, from);
  if (first.parentHash !== cursor.hash) {
    await applyReorg(context, cursor, first, cursor.finalizedNumber);
    return "reorg";
  }
  try {
    const last = from === to ? first : await blockAt(source, to);
    const events = await source.rangeEvents(from, to);
    const after = await blockAt(source, to);
    const ends = new Map([first, last].map((block) => [block.number, block.hash]));
    const isOther = events.some(
      (event) => (ends.get(event.blockNumber) ?? event.blockHash) !== event.blockHash,
    );
    if (after.hash !== last.hash || isOther)
      throw inconsistent(`Blocks ${from} to ${to} changed while read.`);
    await applyRange(store, cursor, last, events);
  } catch (error) {
    size.blocks = Math.max(1, size.blocks / 2);
    throw error;
  }
  size.blocks *= 1.05;
  return "range";
}

async function finalOf({ finality, source }: StepContext, newest: ChainBlock): Promise<number> {
  return finality === "tag" ? source.finalized() : newest.number - finality.depth;
}

/** @throws MillraceError `rpc-inconsistent` if the chain lacks a block that is below its head */
async function blockAt(source: ChainSource, number: number): Promise<ChainBlock> {
  const block = await source.block(number);
  if (block === undefined) throw inconsistent(`The chain has no block ${number} at the moment.`);
  return block;
}

function inconsistent(shortMessage: string): MillraceError {
  return new MillraceError({ code: "rpc-inconsistent", shortMessage, retryable: true });
}
