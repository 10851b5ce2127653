import { viewBytes } from "./bytes.ts";
import { natives } from "./natives.ts";

const BYTE_ORDER_MARK = "\uFEFF";

/** UTF-8 of a text; lone surrogates become U+FFFD. */
export function encodeUtf8(text: string): Uint8Array<ArrayBuffer> {
  return natives.encode(text.toWellFormed());
}

/** Text of UTF-8 bytes without their byte order mark; what is ill-formed becomes U+FFFD. */
export function decodeUtf8(bytes: Uint8Array): string {
  const text = natives.decode(bytes, false) ?? "";
  return text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text;
}

export class TextEncoder {
  get encoding(): string {
    return "utf-8";
  }

  encode(text: unknown = ""): Uint8Array<ArrayBuffer> {
    return encodeUtf8(String(text));
  }

  encodeInto(text: string, target: Uint8Array): { read: number; written: number } {
    const whole = encodeUtf8(text);
    let written = whole.length;
    if (written > target.length) {
      written = target.length;
      // Back to the begin of a character.
      while (written > 0 && ((whole[written] ?? 0) & 0xc0) === 0x80) written -= 1;
    }
    const part = whole.subarray(0, written);
    target.set(part);
    return { read: natives.decode(part, false)?.length ?? 0, written };
  }
}

const UTF8_LABELS = new Set([
  "utf-8",
  "utf8",
  "unicode-1-1-utf-8",
  "unicode11utf8",
  "unicode20utf8",
  "x-unicode20utf8",
]);

export class TextDecoder {
  readonly fatal: boolean;
  readonly ignoreBOM: boolean;
  #kept: Uint8Array = new Uint8Array(0);
  #isBegun = false;

  constructor(label: unknown = "utf-8", options: { fatal?: boolean; ignoreBOM?: boolean } = {}) {
    if (!UTF8_LABELS.has(String(label).trim().toLowerCase()))
      throw new RangeError(`The encoding "${String(label)}" is not there; only utf-8 is.`);
    this.fatal = Boolean(options.fatal);
    this.ignoreBOM = Boolean(options.ignoreBOM);
  }

  get encoding(): string {
    return "utf-8";
  }

  decode(source?: unknown, options: { stream?: boolean } = {}): string {
    let bytes = source === undefined ? new Uint8Array(0) : viewBytes(source);
    if (this.#kept.length > 0) {
      const joined = new Uint8Array(this.#kept.length + bytes.length);
      joined.set(this.#kept);
      joined.set(bytes, this.#kept.length);
      bytes = joined;
    }
    const end = options.stream ? completeLength(bytes) : bytes.length;
    this.#kept = bytes.slice(end);
    let text = natives.decode(bytes.subarray(0, end), this.fatal);
    if (text === undefined) throw new TypeError("The bytes are not UTF-8.");
    if (!this.#isBegun && !this.ignoreBOM && text.startsWith(BYTE_ORDER_MARK)) text = text.slice(1);
    this.#isBegun = options.stream === true && (this.#isBegun || end > 0);
    return text;
  }
}

/** How many bytes there are before a character whose end is missing. */
function completeLength(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) break;
    if (byte < 0xc0) continue;
    const needed = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
    return needed > back ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}
