import { KECCAK_STATE, LANES, RATE, encodeKeccak } from "./keccak-module.ts";
import { CHUNK } from "../interpret/layout.ts";

const WORK = 1024;
const WASM_PAGE = 2 ** 16;
/** Pairs that are hashed at once. */
const BATCH = (WASM_PAGE - WORK) / 64;

interface Hasher {
  bytes: Uint8Array;
  permute: (source: number, target: number, count: number) => void;
  hashPairs: (source: number, target: number, count: number) => void;
}

const hasher = (() => {
  let made: Hasher | undefined;
  return () => (made ??= makeHasher());
})();

function makeHasher(): Hasher {
  const memory = new WebAssembly.Memory({ initial: 1 });
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(encodeKeccak(1)), { host: { memory } });
  return {
    bytes: new Uint8Array(memory.buffer),
    permute: exports["permute"] as Hasher["permute"],
    hashPairs: exports["hashPairs"] as Hasher["hashPairs"],
  };
}

/** keccak256 as Ethereum has it. */
export function keccak256(message: Uint8Array): Uint8Array {
  const { bytes, permute } = hasher();
  const sponge = bytes.subarray(KECCAK_STATE, KECCAK_STATE + LANES * 8).fill(0);
  for (let from = 0; from <= message.length; from += RATE) {
    const block = message.subarray(from, from + RATE);
    block.forEach((byte, index) => (sponge[index] = (sponge[index] ?? 0) ^ byte));
    if (block.length < RATE) {
      sponge[block.length] = (sponge[block.length] ?? 0) ^ 0x01;
      sponge[RATE - 1] = (sponge[RATE - 1] ?? 0) ^ 0x80;
    }
    permute(0, 0, 0);
  }
  return sponge.slice(0, 32);
}

/** The next layer of a tree: keccak256 of each pair of 32-byte nodes. `nodes` is a multiple of 64 bytes long. */
export function hashPairs(nodes: Uint8Array): Uint8Array {
  const { bytes, hashPairs: hash } = hasher();
  const parents = new Uint8Array(nodes.length / 2);
  for (let from = 0; from < nodes.length; from += BATCH * 64) {
    const part = nodes.subarray(from, from + BATCH * 64);
    bytes.set(part, WORK);
    hash(WORK, WORK, part.length / 64);
    parents.set(bytes.subarray(WORK, WORK + part.length / 2), from / 2);
  }
  return parents;
}

/** The root of the tree over 32-byte leaves; `leaves` is a power of two of them, at most a chunk. */
export function rootOfLeaves(leaves: Uint8Array): Uint8Array {
  if (leaves.length > CHUNK) throw new RangeError(`At most ${CHUNK} bytes are hashed at once.`);
  const { bytes, hashPairs: hash } = hasher();
  bytes.set(leaves, WORK);
  for (let pairs = leaves.length / 64; pairs >= 1; pairs /= 2) hash(WORK, WORK, pairs);
  return bytes.slice(WORK, WORK + 32);
}

/** Whether two byte strings are the same. */
export function sameBytes(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && left.every((byte, index) => byte === right[index]);
}

const zeroRootsUpTo = (() => {
  const roots: Uint8Array[] = [new Uint8Array(32)];
  return (depth: number) => {
    for (let below = roots.at(-1); roots.length <= depth && below !== undefined; below = roots.at(-1))
      roots.push(hashPairs(Uint8Array.from([...below, ...below])));
    return roots;
  };
})();

/** The root of a subtree of zeros of the given depth, at most 32. */
export function zeroRoot(depth: number): Uint8Array {
  const root = depth > 32 ? undefined : zeroRootsUpTo(depth)[depth];
  if (root === undefined) throw new RangeError(`There is no tree of depth ${depth}.`);
  return root;
}
