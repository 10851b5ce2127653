import { MachineError } from "./errors.ts";

const REBUILD = "Build the module again and check that the file was copied whole.";
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Reads the primitive encodings of the WebAssembly binary format; every read is checked against the end. */
export class ByteReader {
  readonly bytes: Uint8Array;
  readonly end: number;
  /** Offset of the next byte, from the start of the module. */
  offset: number;

  /** Reads `bytes[start, end)`. */
  constructor(bytes: Uint8Array, start = 0, end = bytes.length) {
    this.bytes = bytes;
    this.offset = start;
    this.end = end;
  }

  atEnd(): boolean {
    return this.offset >= this.end;
  }

  /** @throws MachineError `truncated` when a read passes the end. */
  byte(): number {
    if (this.offset >= this.end) throw truncated(1, this.offset, this.end);
    return this.bytes[this.offset++] ?? 0;
  }

  slice(length: number): Uint8Array {
    const start = this.offset;
    if (length > this.end - start) throw truncated(length, start, this.end);
    this.offset = start + length;
    return this.bytes.subarray(start, this.offset);
  }

  /** @throws MachineError `malformed` for a number that does not fit or is encoded too long. */
  u32(): number {
    const start = this.offset;
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const next = this.byte();
      if (shift === 28 && next > 0x0f) break;
      value |= (next & 0x7f) << shift;
      if (next < 0x80) return value >>> 0;
    }
    throw malformed(`The number at offset ${start} does not fit 32 bits.`, start);
  }

  /** A signed 32-bit number. */
  s32(): number {
    const start = this.offset;
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const next = this.byte();
      // Of the fifth byte four bits count; the rest repeats the sign.
      if (shift === 28 && next > 0x07 && (next < 0x78 || next > 0x7f)) break;
      value |= (next & 0x7f) << shift;
      if (next < 0x80) return shift < 28 && (next & 0x40) !== 0 ? value | (-1 << (shift + 7)) : value;
    }
    throw malformed(`The number at offset ${start} does not fit 32 bits.`, start);
  }

  /** A signed 33-bit number, of block types. */
  s33(): number {
    return Number(this.signed(33));
  }

  /** A signed 64-bit number. */
  s64(): bigint {
    return this.signed(64);
  }

  private signed(bits: number): bigint {
    const start = this.offset;
    let value = 0n;
    for (let shift = 0; shift < bits; shift += 7) {
      const next = this.byte();
      value |= BigInt(next & 0x7f) << BigInt(shift);
      if (next >= 0x80) continue;
      const signed = BigInt.asIntN(shift + 7, value);
      if (signed === BigInt.asIntN(bits, signed)) return signed;
      break;
    }
    throw malformed(`The number at offset ${start} does not fit ${bits} bits.`, start);
  }

  u64(): bigint {
    const start = this.offset;
    let value = 0n;
    for (let shift = 0; shift < 64; shift += 7) {
      const next = this.byte();
      value |= BigInt(next & 0x7f) << BigInt(shift);
      if (next >= 0x80) continue;
      if (value >> 64n === 0n) return value;
      break;
    }
    throw malformed(`The number at offset ${start} does not fit 64 bits.`, start);
  }

  /** A vector's length, refused when not even one byte per element is left. */
  count(): number {
    const length = this.u32();
    if (length > this.end - this.offset) throw truncated(length, this.offset, this.end);
    return length;
  }

  name(): string {
    const start = this.offset;
    const encoded = this.slice(this.u32());
    try {
      return utf8.decode(encoded);
    } catch (cause) {
      throw malformed(`The name at offset ${start} is not UTF-8.`, start, cause);
    }
  }
}

function truncated(length: number, offset: number, end: number): MachineError {
  return new MachineError({
    code: "truncated",
    message: `The module ends early: ${length} bytes are expected at offset ${offset}, ${end - offset} are left.`,
    nextStep: REBUILD,
    offset,
  });
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
