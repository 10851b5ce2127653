import { MachineError } from "./errors.ts";

const REBUILD = "Build the module again and check that the file was copied whole.";
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Reads the primitive encodings of the WebAssembly binary format; every read is checked against the end. */
export interface ByteReader {
  /** Offset of the next byte, from the start of the module. */
  offset(): number;
  atEnd(): boolean;
  byte(): number;
  bytes(length: number): Uint8Array;
  u32(): number;
  u64(): bigint;
  /** A vector's length, refused when not even one byte per element is left. */
  count(): number;
  name(): string;
}

/**
 * Makes a reader over `bytes[start, end)`.
 * @throws MachineError `truncated` when a read passes `end`, `malformed` for an encoding that is none.
 */
export function createByteReader(bytes: Uint8Array, start = 0, end = bytes.length): ByteReader {
  let position = start;

  function take(length: number): number {
    if (length > end - position) {
      throw new MachineError({
        code: "truncated",
        message: `The module ends early: ${length} bytes are expected at offset ${position}, ${end - position} are left.`,
        nextStep: REBUILD,
        offset: position,
      });
    }
    const at = position;
    position += length;
    return at;
  }
  const byte = (): number => bytes[take(1)] ?? 0;

  function leb128(bits: number): bigint {
    const at = position;
    let value = 0n;
    for (let shift = 0; shift < bits; shift += 7) {
      const next = byte();
      value |= BigInt(next & 0x7f) << BigInt(shift);
      if ((next & 0x80) === 0) {
        if (value >> BigInt(bits) === 0n) return value;
        break;
      }
    }
    throw malformed(`The number at offset ${at} does not fit ${bits} bits.`, at);
  }
  const u32 = (): number => Number(leb128(32));
  const slice = (length: number): Uint8Array => {
    const at = take(length);
    return bytes.subarray(at, at + length);
  };

  return {
    offset: () => position,
    atEnd: () => position >= end,
    byte,
    bytes: slice,
    u32,
    u64: () => leb128(64),
    count() {
      const length = u32();
      if (length > end - position) take(length);
      return length;
    },
    name() {
      const at = position;
      const encoded = slice(u32());
      try {
        return utf8.decode(encoded);
      } catch (cause) {
        throw malformed(`The name at offset ${at} is not UTF-8.`, at, cause);
      }
    },
  };
}

/** The error for bytes that no WebAssembly producer writes. */
export function malformed(message: string, offset: number, cause?: unknown): MachineError {
  return new MachineError({ code: "malformed", message, nextStep: REBUILD, offset, cause });
}

/** Encodes an unsigned number below 2^32 as LEB128. */
export function encodeU32(value: number): Uint8Array {
  const encoded: number[] = [];
  let rest = value;
  do {
    const low = rest % 128;
    rest = Math.floor(rest / 128);
    encoded.push(rest === 0 ? low : low | 0x80);
  } while (rest !== 0);
  return Uint8Array.from(encoded);
}
