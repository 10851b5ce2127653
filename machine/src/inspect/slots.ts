import { CHUNK, SLOT_COUNT } from "../interpret/layout.ts";
import type { Snapshot } from "../interpret/snapshot.ts";

const SLOT_BYTES = 8;

/** What stands in a slot of a state, by its number from the begin of the slots; undefined where there is none. */
export function slotOf({ slots }: Snapshot, index: number): bigint | undefined {
  if (index >= SLOT_COUNT) return undefined;
  const chunk = slots[Math.floor((index * SLOT_BYTES) / CHUNK)];
  if (chunk === undefined) return 0n;
  return new DataView(chunk.buffer, chunk.byteOffset).getBigUint64((index * SLOT_BYTES) % CHUNK, true);
}
