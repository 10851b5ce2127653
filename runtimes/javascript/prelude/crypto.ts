import { viewBytes } from "./bytes.ts";
import { natives } from "./natives.ts";

const HASHES: Record<string, number> = { "SHA-1": 1, "SHA-256": 256, "SHA-384": 384, "SHA-512": 512 };
const MOST_RANDOM_BYTES = 65_536;

/* eslint-disable @typescript-eslint/require-await -- the Web's functions are asynchronous */
const subtle = {
  async digest(algorithm: string | { name: string }, data: unknown): Promise<ArrayBuffer> {
    const name = typeof algorithm === "object" ? algorithm.name : algorithm;
    const bits = HASHES[name.toUpperCase()];
    if (bits === undefined)
      throw new DOMException(
        `${name} is not there; SHA-1, SHA-256, SHA-384 and SHA-512 are.`,
        "NotSupportedError",
      );
    return natives.digest(bits, viewBytes(data));
  },
};
/* eslint-enable @typescript-eslint/require-await */

export const crypto = {
  subtle,

  getRandomValues<T extends ArrayBufferView>(view: T): T {
    if (!ArrayBuffer.isView(view) || view instanceof Float32Array || view instanceof Float64Array)
      throw new DOMException("Random values go into a typed array of integers.", "TypeMismatchError");
    if (view.byteLength > MOST_RANDOM_BYTES)
      throw new DOMException(`At most ${MOST_RANDOM_BYTES} bytes at once.`, "QuotaExceededError");
    natives.fillRandomly(viewBytes(view));
    return view;
  },

  randomUUID(): string {
    const bytes = new Uint8Array(16);
    natives.fillRandomly(bytes);
    bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
    bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
    const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
  },
};
