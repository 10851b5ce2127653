import fc from "fast-check";
import type { Chunks, Registers, Snapshot } from "../../src/interpret/snapshot.ts";
import type { Instruction } from "../interpret/assemble.ts";
import { OP } from "../interpret/assemble.ts";

const CHUNK = 4096;
const SLOTS = 2 ** 17;
const MAX_U32 = 2 ** 32 - 1;

/** Numbers around every limit that a step knows. */
const around = [0, 1, 2, 3, 4, 7, 24, 28, 31, 32, 33].concat(
  [65535, 2 ** 16, SLOTS, 2 ** 20, 2 ** 24, 2 ** 25, MAX_U32].flatMap((edge) =>
    [edge - 8, edge - 7, edge - 4, edge - 2, edge - 1, edge, edge + 1].filter((value) => value <= MAX_U32),
  ),
);
const u32 = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 0, max: 40 }) },
  { weight: 3, arbitrary: fc.constantFrom(...around) },
  fc.integer({ min: 0, max: MAX_U32 }),
);
const u64 = fc.oneof(
  fc.tuple(u32, u32).map(([high, low]) => (BigInt(high) << 32n) | BigInt(low)),
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
);
const operand = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 0, max: 9 }) },
  fc.constantFrom(255, 65534, 65535),
);

/** Any 16 bytes, but most of them an instruction that a lowering could write. */
export const anyInstruction: fc.Arbitrary<Instruction> = fc.record({
  op: fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...Object.values(OP)) },
    { weight: 2, arbitrary: fc.integer({ min: 0x28, max: 0x3e }) },
    fc.integer({ min: 0, max: 255 }),
  ),
  flags: fc.oneof(
    { weight: 8, arbitrary: fc.constant(0) },
    { weight: 4, arbitrary: fc.constantFrom(1, 2, 4, 6) },
    fc.integer({ min: 0, max: 255 }),
  ),
  d: operand,
  a: operand,
  b: operand,
  lo: u32,
  hi: u32,
});

const anyRegisters = (codeLength: number): fc.Arbitrary<Registers> =>
  fc.record({
    status: fc.constant(0),
    exitCode: fc.constant(0),
    pc: fc.oneof(
      { weight: 12, arbitrary: fc.integer({ min: 0, max: codeLength }) },
      fc.constantFrom(2 ** 20 - 1, 2 ** 20, 2 ** 20 + 1, MAX_U32),
    ),
    fp: fc.oneof(
      { weight: 6, arbitrary: fc.integer({ min: 0, max: 20 }) },
      { weight: 3, arbitrary: fc.integer({ min: SLOTS - 12, max: SLOTS + 1 }) },
      fc.constantFrom(SLOTS - 2 ** 16, SLOTS - 2 ** 16 + 1, SLOTS + 2, 2 ** 29, MAX_U32),
    ),
    pages: fc.integer({ min: 0, max: 2 }),
    fuel: fc.oneof(fc.bigInt({ min: 0n, max: 50n }), u64),
    outLen: fc.constant(0),
  });

/** Slots at both ends that hold operands, links and references; memory and output with something in them. */
export function anyState(codeLength: number): fc.Arbitrary<Snapshot> {
  const words = fc.array(u64, { minLength: 48, maxLength: 48 });
  const bytes = fc.uint8Array({ minLength: 64, maxLength: 64 });
  return fc
    .record({ registers: anyRegisters(codeLength), words, bytes })
    .map(({ registers, words: values, bytes: content }) => {
      const first = new BigUint64Array(CHUNK / 8);
      const last = new BigUint64Array(CHUNK / 8);
      first.set(values.slice(0, 32));
      last.set(values.slice(32), CHUNK / 8 - 16);
      const space = new Uint8Array(CHUNK);
      space.set(content);
      const slots: (Uint8Array | undefined)[] = new Array<undefined>((SLOTS * 8) / CHUNK).fill(undefined);
      slots[0] = new Uint8Array(first.buffer);
      slots[slots.length - 1] = new Uint8Array(last.buffer);
      const memory: Chunks = [space, ...new Array<undefined>(15).fill(undefined)];
      const none: Chunks = [];
      return {
        step: 0,
        registers,
        leastFuel: registers.fuel,
        slots,
        memory: registers.pages > 0 ? memory : none,
        output: [space.slice().reverse()],
      };
    });
}
