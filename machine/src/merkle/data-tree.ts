import { encodeScript, SCRIPT_ADDRESS } from "../data-space.ts";
import { CHUNK } from "../interpret/layout.ts";
import type { Chunks } from "../interpret/snapshot.ts";
import type { Program } from "../program.ts";
import { createChunkTree, toChunks } from "./chunk-tree.ts";

/** The depth of either half of the data space's tree. */
const HALF_DEPTH = 18;

/** The data space's chunks: passive data, and the script behind it. */
export function dataChunks({ data, script }: Pick<Program, "data" | "script">): Chunks {
  const chunks = toChunks(data);
  if (script === undefined) return chunks;
  const missing = SCRIPT_ADDRESS / CHUNK - chunks.length;
  return [...chunks, ...Array<undefined>(missing), ...toChunks(encodeScript(script))];
}

/** The root of the half of the data space that holds the passive data. */
export function passiveDataRoot(data: Uint8Array): Uint8Array {
  return halfRoot(data);
}

/** The root of the half of the data space that holds the script. */
export function scriptRoot(script: Uint8Array | undefined): Uint8Array {
  return halfRoot(encodeScript(script));
}

function halfRoot(bytes: Uint8Array): Uint8Array {
  const tree = createChunkTree(HALF_DEPTH);
  tree.update(toChunks(bytes));
  return tree.root();
}
