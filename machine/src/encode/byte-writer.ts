/** Writes the primitive encodings of the WebAssembly binary format into a buffer that grows. */
export interface ByteWriter {
  byte(value: number): void;
  bytes(values: ArrayLike<number>): void;
  /** An unsigned number below 2^32, as LEB128. */
  u32(value: number): void;
  /** A signed number of at most 64 bits, as LEB128. */
  signed(value: number | bigint): void;
  /** UTF-8 with its length before it. */
  name(value: string): void;
  /** The length of `content` and then `content`. */
  vector(content: Uint8Array): void;
  length(): number;
  /** What was written, in an array of its own. */
  finish(): Uint8Array;
}

/** Makes an empty writer. */
export function createByteWriter(): ByteWriter {
  let buffer = new Uint8Array(256);
  let length = 0;

  function reserve(count: number): void {
    if (length + count <= buffer.length) return;
    const larger = new Uint8Array(Math.max(buffer.length * 2, length + count));
    larger.set(buffer.subarray(0, length));
    buffer = larger;
  }
  function byte(value: number): void {
    reserve(1);
    buffer[length++] = value;
  }
  function bytes(values: ArrayLike<number>): void {
    reserve(values.length);
    buffer.set(values, length);
    length += values.length;
  }
  function u32(value: number): void {
    let rest = value;
    while (rest >= 0x80) {
      byte((rest % 0x80) | 0x80);
      rest = Math.floor(rest / 0x80);
    }
    byte(rest);
  }
  const writer: ByteWriter = {
    byte,
    bytes,
    u32,
    signed(value) {
      let rest = BigInt(value);
      for (;;) {
        const low = Number(rest & 0x7fn);
        rest >>= 7n;
        // The last byte's bit 6 is the sign of what was left out.
        const last = rest === ((low & 0x40) === 0 ? 0n : -1n);
        byte(last ? low : low | 0x80);
        if (last) return;
      }
    },
    name(value) {
      writer.vector(new TextEncoder().encode(value));
    },
    vector(content) {
      u32(content.length);
      bytes(content);
    },
    length: () => length,
    finish: () => buffer.slice(0, length),
  };
  return writer;
}
