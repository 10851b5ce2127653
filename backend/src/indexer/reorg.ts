import { MillraceError } from "@millrace/sdk";
import type { ChainBlock, ChainSource } from "../chain/source.ts";
import type { Cursor } from "../store/cursor.ts";
import { readBlocks } from "../store/ingest.ts";
import type { Store } from "../store/store.ts";
import { applyBlocks } from "./apply.ts";

/** The lasting failure: a person must decide. */
export const reorgBeyondFinality = "reorg-beyond-finality";

/**
 * Replaces the blocks that the chain has dropped by those that lead to `tip`, in one transaction. All of the replacement is
 * fetched, and `tip` confirmed to be canonical still, before anything is taken back.
 * @throws MillraceError `reorg-beyond-finality` if the chain dropped a block that counts as final
 */
export async function applyReorg(
  { store, source }: { store: Store; source: ChainSource },
  cursor: Cursor,
  tip: ChainBlock,
  finalizedNumber: number,
): Promise<void> {
  const own = new Map((await readBlocks(store)).map((block) => [block.number, block.hash]));
  const branch = [tip];
  let first = tip;
  while (own.get(first.number - 1) !== first.parentHash) {
    if (first.number - 1 <= cursor.finalizedNumber) throw await beyondFinality(source, cursor, own);
    const parent = await source.blockByHash(first.parentHash);
    if (parent === undefined) throw unconfirmed(`The chain doesn't give block ${first.parentHash}.`);
    branch.unshift(parent);
    first = parent;
  }
  const blocks = [];
  for (const header of branch) blocks.push({ header, events: await source.blockEvents(header) });
  const canonical = await source.block(tip.number);
  if (canonical?.hash !== tip.hash) throw unconfirmed(`Block ${tip.number} changed again.`);
  const ancestor = first.number - 1;
  // What was final stays final, and so far this branch is only as final as its own last block allows.
  await applyBlocks(store, { cursor, ancestor, blocks }, Math.min(finalizedNumber, tip.number));
}

async function beyondFinality(
  source: ChainSource,
  cursor: Cursor,
  own: Map<number, string>,
): Promise<MillraceError> {
  const { finalizedNumber } = cursor;
  const ours = own.get(finalizedNumber) ?? "unknown";
  const canonical = await source.block(finalizedNumber);
  if (canonical?.hash === ours || canonical === undefined)
    return unconfirmed(`Block ${finalizedNumber} is as indexed, but the blocks above it don't lead to it.`);
  return new MillraceError({
    code: reorgBeyondFinality,
    shortMessage: `The chain replaced block ${finalizedNumber}, which counted as final: it was ${ours} and is ${canonical.hash}.`,
    details: "Indexing has stopped so that nobody acts on either version; what is served is the old one.",
    nextStep:
      "If the new chain is the right one (or the devnet was started anew), start with an empty DATA_FOLDER or database; " +
      "otherwise correct RPC_URL. A larger FINALITY_DEPTH tolerates deeper reorgs.",
  });
}

function unconfirmed(shortMessage: string): MillraceError {
  return new MillraceError({ code: "rpc-inconsistent", shortMessage, retryable: true });
}
