import { encodeU32, malformed } from "./byte-reader.ts";
import type { ByteReader } from "./byte-reader.ts";
import { MachineError } from "./errors.ts";
import { concatBytes } from "./sections.ts";

const HAS_MAXIMUM = 1;
const SHARED = 2;
const IS_64_BIT = 4;

/** A module's linear memory, in pages of 64 KiB; `offset` is where its declaration stands. */
export interface MemoryType {
  minPages: number;
  maxPages: number | undefined;
  offset: number;
}

/**
 * Reads the memory section.
 * @returns the one memory, or undefined when the module has none
 * @throws MachineError `unsupported-feature` for several, shared or 64-bit memories
 */
export function readMemory(reader: ByteReader | undefined): MemoryType | undefined {
  if (reader === undefined) return undefined;
  const count = reader.count();
  if (count === 0) return undefined;
  const offset = reader.offset;
  if (count > 1) throw unsupportedMemory("several memories", offset);
  const flags = reader.u32();
  if ((flags & SHARED) !== 0) throw unsupportedMemory("shared memory (threads)", offset);
  if ((flags & IS_64_BIT) !== 0) throw unsupportedMemory("64-bit memory", offset);
  if (flags > HAS_MAXIMUM) throw unsupportedMemory(`memory flags ${flags}`, offset);
  const minPages = reader.u32();
  const maxPages = flags === HAS_MAXIMUM ? reader.u32() : undefined;
  if (!reader.atEnd()) throw malformed("The memory section is longer than its content.", reader.offset);
  return { minPages, maxPages, offset };
}

/** Encodes the content of a memory section whose memory cannot grow beyond `limitPages`. */
export function encodeLimitedMemory({ minPages, maxPages }: MemoryType, limitPages: number): Uint8Array {
  return concatBytes(
    Uint8Array.of(1, HAS_MAXIMUM),
    encodeU32(minPages),
    encodeU32(Math.min(maxPages ?? limitPages, limitPages)),
  );
}

function unsupportedMemory(feature: string, offset: number): MachineError {
  return new MachineError({
    code: "unsupported-feature",
    message: `The module uses ${feature}, which is not supported.`,
    nextStep: "Build with one plain 32-bit memory, without threads.",
    offset,
  });
}
