import { I32, I64, access, at, brIf, get, i32, i64, loop, op, set, tee } from "../encode/instructions.ts";
import type { Code, ValueType } from "../encode/instructions.ts";
import { encodeModule } from "../encode/module.ts";
import type { FunctionDefinition } from "../encode/module.ts";

/** Where `permute` finds the 25 lanes. */
export const KECCAK_STATE = 0;
export const LANES = 25;
/** Bytes of a block of keccak256; a pair of nodes fills less than half of one. */
export const RATE = 136;
const ROUNDS = 24;
const FIRST_LANE = 3;
/** The lanes before and after a round are held in two sets of locals, which change roles. */
const lane = (set: number, index: number): number => FIRST_LANE + set * LANES + index;
const column = (x: number): number => FIRST_LANE + 2 * LANES + (x % 5);
const parity = FIRST_LANE + 2 * LANES + 5;

/** Rotations by lane: (t + 1)(t + 2) / 2 along the walk (x, y) → (y, 2x + 3y) from (1, 0). FIPS 202, 3.2.2. */
function rotations(): number[] {
  const offsets = new Array<number>(LANES).fill(0);
  let [x, y] = [1, 0];
  for (let t = 0; t < ROUNDS; t++) {
    offsets[x + 5 * y] = (((t + 1) * (t + 2)) / 2) % 64;
    [x, y] = [y, (2 * x + 3 * y) % 5];
  }
  return offsets;
}

/** Round constants from the linear feedback shift register of FIPS 202, 3.2.5. */
function roundConstants(): bigint[] {
  let register = 1;
  return Array.from({ length: ROUNDS }, () => {
    let constant = 0n;
    for (let j = 0; j <= 6; j++) {
      if ((register & 1) === 1) constant |= 1n << BigInt(2 ** j - 1);
      register = register & 0x80 ? ((register << 1) ^ 0x171) & 0xff : register << 1;
    }
    return constant;
  });
}

function round(from: number, to: number, constant: bigint, offsets: readonly number[]): Code {
  const code: (number | Code)[] = [];
  const indices = Array.from({ length: 5 }, (_, index) => index);
  for (const x of indices) {
    const sum = indices.map((y) => [get(lane(from, x + 5 * y)), y === 0 ? [] : op.i64Xor]);
    code.push(sum, set(column(x)));
  }
  for (const x of indices) {
    code.push(get(column(x + 4)), get(column(x + 1)), i64(1), op.i64Rotl, op.i64Xor, set(parity));
    for (const y of indices) {
      const [source, target] = [x + 5 * y, y + 5 * ((2 * x + 3 * y) % 5)];
      code.push(get(lane(from, source)), get(parity), op.i64Xor);
      code.push(i64(offsets[source] ?? 0), op.i64Rotl, set(lane(to, target)));
    }
  }
  // Chi writes over the set it came from: theta has read it.
  for (const y of indices) {
    for (const x of indices) {
      const [a, b, c] = [x, x + 1, x + 2].map((column) => get(lane(to, (column % 5) + 5 * y)));
      code.push(a ?? [], b ?? [], i64(-1), op.i64Xor, c ?? [], op.i64And, op.i64Xor);
      if (x + y === 0) code.push(i64(constant), op.i64Xor);
      code.push(set(lane(from, x + 5 * y)));
    }
  }
  return code;
}

const permutation: Code = (() => {
  const offsets = rotations();
  return roundConstants().map((constant) => round(0, 1, constant, offsets));
})();
const lanes = Array.from({ length: LANES }, (_, index) => index);
const locals = Array.from({ length: 2 * LANES + 6 }, (): ValueType => I64);

/** Permutes the state at `KECCAK_STATE`. Its parameters are not used: they keep the locals where `hashPairs` has them. */
const permute: FunctionDefinition = {
  exportName: "permute",
  params: [I32, I32, I32],
  results: [],
  locals,
  body: [
    lanes.map((index) => [i32(0), at(access.i64Load, KECCAK_STATE + index * 8), set(lane(0, index))]),
    permutation,
    lanes.map((index) => [i32(0), get(lane(0, index)), at(access.i64Store, KECCAK_STATE + index * 8)]),
  ],
};

const [source, target, count] = [0, 1, 2];
/** keccak256 of each of `count` (at least one) pairs of 32 bytes from `source` on, to `target` on, which may be the same place. */
const hashPairs: FunctionDefinition = {
  exportName: "hashPairs",
  params: [I32, I32, I32],
  results: [],
  locals,
  body: loop(
    lanes.map((index) => {
      if (index < 8) return [get(source), at(access.i64Load, index * 8), set(lane(0, index))];
      const padding = index === 8 ? 1n : index === RATE / 8 - 1 ? 1n << 63n : 0n;
      return [i64(padding), set(lane(0, index))];
    }),
    permutation,
    lanes.slice(0, 4).map((index) => [get(target), get(lane(0, index)), at(access.i64Store, index * 8)]),
    [get(source), i32(64), op.i32Add, set(source)],
    [get(target), i32(32), op.i32Add, set(target)],
    [get(count), i32(1), op.i32Sub, tee(count), brIf(0)],
  ),
};

/** keccak-f[1600] as a WebAssembly module. */
export function encodeKeccak(pages: number): Uint8Array {
  return encodeModule([permute, hashPairs], pages);
}
