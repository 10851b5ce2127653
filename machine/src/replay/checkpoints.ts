import { CHUNK } from "../interpret/layout.ts";
import type { Chunks, Snapshot } from "../interpret/snapshot.ts";

/** Snapshots of a run at regular steps, the further apart the longer and the larger the run is. */
export interface Checkpoints {
  /** The last one at or before a step; there is always one at the run's first step. */
  before(step: number): Snapshot;
  /** The last one until which there was always more fuel than this; the first one if there is none. */
  beforeFuel(left: bigint): Snapshot;
  /** The step of the next one to take. */
  nextStep(): number;
  /** Takes the one at `nextStep`; may drop others. */
  add(snapshot: Snapshot): void;
}

/** Most checkpoints: with more of them one is found no faster, and each has a list of all chunks. */
const MOST = 256;
const REFERENCE_BYTES = 8;

/**
 * Keeps the checkpoints of a run within about `budgetBytes` of memory: when they outgrow it, every other one is dropped
 * and the distance doubled.
 */
export function createCheckpoints(first: Snapshot, distance: number, budgetBytes: number): Checkpoints {
  let kept = [first];
  let spacing = distance;
  let sizeBytes = 0;
  const last = (): Snapshot => kept.at(-1) ?? first;

  return {
    before: (step) => kept.findLast((snapshot) => snapshot.step <= step) ?? first,
    beforeFuel: (left) => kept.findLast(({ leastFuel }) => leastFuel > left) ?? first,
    nextStep: () => last().step + spacing,
    add(snapshot) {
      sizeBytes += addedBytes(last(), snapshot);
      kept.push(snapshot);
      while (kept.length > 2 && (kept.length > MOST || sizeBytes > budgetBytes)) {
        kept = kept.filter((_, index) => index % 2 === 0);
        spacing *= 2;
        sizeBytes = kept.reduce((sum, next, index) => sum + addedBytes(kept[index - 1] ?? first, next), 0);
      }
    },
  };
}

/** What a snapshot takes beside the one before it, with which it shares the chunks that did not change. */
function addedBytes(before: Snapshot, after: Snapshot): number {
  const spaces = ["slots", "memory", "output"] as const;
  return spaces.reduce((sum, space) => sum + addedChunks(before[space], after[space]), 0);
}

function addedChunks(before: Chunks, after: Chunks): number {
  let added = 0;
  for (let index = 0; index < after.length; index++)
    if (after[index] !== undefined && after[index] !== before[index]) added++;
  return added * CHUNK + after.length * REFERENCE_BYTES;
}
