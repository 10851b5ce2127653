const HEADER_BYTES = 64;
const SEED_BYTES = 32;

/** All that a call's answer depends on, beside the function itself and the limit of its fuel. */
export interface CallInput {
  args: string[];
  /** Environment as `NAME=value`. */
  env: string[];
  /** When the call was accepted, in milliseconds since 1970: what the program's clock starts at. */
  acceptedAtMs: number;
  /** 32 bytes that determine the random numbers. */
  seed: Uint8Array;
  stdin: Uint8Array;
  /** The most bytes of standard output, at most 2^24. */
  outputBytes: number;
}

/** Writes a call as the bytes of the input space (docs/machine.md, WASI). */
export function encodeInput({ args, env, acceptedAtMs, seed, stdin, outputBytes }: CallInput): Uint8Array {
  if (seed.length !== SEED_BYTES) throw new RangeError(`A seed has ${SEED_BYTES} bytes, not ${seed.length}.`);
  const [argsBytes, envBytes] = [args, env].map(encodeList) as [Uint8Array, Uint8Array];
  const encoded = new Uint8Array(HEADER_BYTES + argsBytes.length + envBytes.length + stdin.length);
  const view = new DataView(encoded.buffer);
  view.setUint32(0, args.length, true);
  view.setUint32(4, argsBytes.length, true);
  view.setUint32(8, env.length, true);
  view.setUint32(12, envBytes.length, true);
  view.setBigUint64(16, BigInt(Math.trunc(acceptedAtMs)) * 1_000_000n, true);
  encoded.set(seed, 24);
  view.setUint32(56, stdin.length, true);
  view.setUint32(60, outputBytes, true);
  encoded.set(argsBytes, HEADER_BYTES);
  encoded.set(envBytes, HEADER_BYTES + argsBytes.length);
  encoded.set(stdin, HEADER_BYTES + argsBytes.length + envBytes.length);
  return encoded;
}

/** Texts, each with a zero byte behind it. */
function encodeList(list: string[]): Uint8Array {
  return new TextEncoder().encode(list.map((text) => `${text}\0`).join(""));
}
