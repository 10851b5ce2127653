import { ByteWriter } from "../encode/byte-writer.ts";
import { MachineError } from "../errors.ts";
import { encodeRegisters, depths, memoryDepth } from "../merkle/state-trees.ts";
import type { Roots } from "../merkle/state-trees.ts";
import type { Registers } from "../interpret/snapshot.ts";
import { CODE_LENGTH } from "../interpret/layout.ts";
import { status } from "../status.ts";
import { siblingsOf } from "./opening.ts";
import type { Opening } from "./opening.ts";
import { MEMORY, OUTPUT, instructionAt, spacesOf } from "./step-state.ts";

/** Everything that one step needs of the state before it (docs/machine.md, "Witness"). */
export interface Witness {
  registers: Registers;
  /** The leaf with the instruction at pc, if there is one. */
  code: Opening | undefined;
  slots: Opening | undefined;
  /** What the instruction loads or stores, in the space that it names. */
  access: Opening | undefined;
  /** Roots that do not follow from the openings. */
  roots: Partial<Roots>;
}

/** Most leaves of one opening: its mask has 64 bits. */
const MOST_LEAVES = { slots: 4, access: 2 } as const;
const LEAF = 32;

/** The depth of the tree of the space that an instruction's flags name. */
export function spaceDepth(space: number, maxPages: number): number {
  return [memoryDepth(maxPages), depths.input, depths.output, depths.data][space] ?? 0;
}

/** The space that the instruction in a witness loads from or stores to; undefined if it does neither. */
export function accessedSpace({ registers, code }: Pick<Witness, "registers" | "code">): number | undefined {
  const leaf = code?.leaves[0];
  if (leaf === undefined) return undefined;
  const { opcode, flags } = instructionAt(() => leaf, registers.pc);
  return spacesOf(opcode)?.find((space) => flags === space * 2);
}

/** A witness as bytes, as short as they get: they are calldata. */
export function encodeWitness(witness: Witness): Uint8Array {
  const { registers, code, slots, access, roots } = witness;
  const writer = new ByteWriter();
  const rootsGiven = [roots.slots, roots.memory, roots.output];
  if (registers.status !== status.running) {
    writer.bytes(encodeRegisters(registers));
    for (const root of rootsGiven) writer.bytes(root ?? []);
    return writer.finish();
  }
  const numbers = new DataView(new ArrayBuffer(21));
  numbers.setUint32(1, registers.pc);
  numbers.setUint32(5, registers.fp);
  numbers.setUint32(9, registers.pages);
  numbers.setBigUint64(13, registers.fuel);
  writer.bytes(new Uint8Array(numbers.buffer));
  if (code !== undefined) writer.bytes(encodeProof(code));
  const openings = accessedSpace(witness) === undefined ? [slots] : [slots, access];
  for (const opening of openings) {
    writer.byte(opening?.indices.length ?? 0);
    if (opening !== undefined) writer.bytes([...encodeIndices(opening.indices), ...encodeProof(opening)]);
  }
  for (const root of rootsGiven) writer.bytes(root ?? []);
  return writer.finish();
}

/** The first index as u32, then the distance to each next one as u16. */
function encodeIndices(indices: readonly number[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(4 + (indices.length - 1) * 2));
  indices.forEach((index, at) => {
    if (at === 0) view.setUint32(0, index);
    else view.setUint16(2 + at * 2, index - (indices[at - 1] ?? 0));
  });
  return new Uint8Array(view.buffer);
}

/** The leaves, a mask with bit i set if sibling i is given, the siblings that are given. */
function encodeProof({ leaves, siblings }: Opening): Uint8Array {
  const given = siblings.filter((sibling) => sibling !== undefined);
  const mask = new DataView(new ArrayBuffer(8));
  mask.setBigUint64(
    0,
    siblings.reduce((bits, sibling, at) => (sibling === undefined ? bits : bits | (1n << BigInt(at))), 0n),
  );
  return Uint8Array.from(
    [leaves, [new Uint8Array(mask.buffer)], given].flat().flatMap((bytes) => [...bytes]),
  );
}

/**
 * Reads a witness.
 * @throws MachineError `invalid-witness`
 */
export function decodeWitness(bytes: Uint8Array, maxPages: number): Witness {
  let position = 0;
  function take(count: number): DataView {
    if (count > bytes.length - position) throw invalidWitness("it ends early");
    position += count;
    return new DataView(bytes.buffer, bytes.byteOffset + position - count, count);
  }
  const u8 = (): number => take(1).getUint8(0);
  const u16 = (): number => take(2).getUint16(0);
  const u32 = (): number => take(4).getUint32(0);
  const u64 = (): bigint => take(8).getBigUint64(0);
  const node = (): Uint8Array => {
    const view = take(LEAF);
    return new Uint8Array(view.buffer, view.byteOffset, LEAF);
  };
  function proof(depth: number, indices: readonly number[]): Opening {
    const leaves = indices.map(node);
    const mask = u64();
    const places = siblingsOf(depth, indices);
    if (mask >> BigInt(places.length) !== 0n)
      throw invalidWitness("a mask names more siblings than there are beside the opened leaves");
    const siblings = places.map((_, at) => (((mask >> BigInt(at)) & 1n) === 1n ? node() : undefined));
    return { indices, leaves, siblings };
  }
  function opening(depth: number, most: number): Opening | undefined {
    const count = u8();
    if (count === 0) return undefined;
    if (count > most)
      throw invalidWitness(`it opens ${count} leaves of a space at once; at most ${most} fit`);
    const indices = [u32()];
    while (indices.length < count) {
      const gap = u16();
      if (gap === 0) throw invalidWitness("it opens the same leaf twice");
      indices.push((indices.at(-1) ?? 0) + gap);
    }
    if (indices.some((index) => index >= 2 ** depth))
      throw invalidWitness("it opens a leaf behind the end of a space");
    return proof(depth, indices);
  }

  const ended = u8();
  const running = ended === status.running;
  const exitCode = running ? 0 : u32();
  const [pc, fp, pages, fuel] = [u32(), u32(), u32(), u64()];
  const registers = { status: ended, exitCode, pc, fp, pages, fuel, outLen: running ? 0 : u32() };
  const code = running && pc < CODE_LENGTH ? proof(depths.code, [pc >>> 1]) : undefined;
  const space = accessedSpace({ registers, code });
  const slots = running ? opening(depths.slots, MOST_LEAVES.slots) : undefined;
  const access = space === undefined ? undefined : opening(spaceDepth(space, maxPages), MOST_LEAVES.access);
  const roots: Partial<Roots> = {};
  if (slots === undefined) roots.slots = node();
  if (access === undefined || space !== MEMORY) roots.memory = node();
  if (access === undefined || space !== OUTPUT) roots.output = node();
  if (position !== bytes.length) throw invalidWitness("it goes on behind its end");
  return { registers, code, slots, access, roots };
}

/** The error for a witness that shows nothing about the state it is given for. */
export function invalidWitness(reason: string): MachineError {
  return new MachineError({
    code: "invalid-witness",
    message: `The witness does not show this step: ${reason}.`,
    nextStep: "Make the witness anew from a replay of the same program and input, at the same step.",
  });
}
