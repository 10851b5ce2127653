import { createCipheriv } from "node:crypto";
import type { Cipheriv } from "node:crypto";

const CHUNK_BYTES = 64 * 1024;
const NONCE = new Uint8Array(16);

/**
 * Makes the random numbers of one call: the ChaCha20 key stream of its seed, in order.
 * @param seed 32 bytes
 * @returns a function that overwrites its argument with the next bytes
 */
export function createRandom(seed: Uint8Array): (target: Uint8Array) => void {
  let cipher: Cipheriv | undefined;
  return (target) => {
    cipher ??= createCipheriv("chacha20", seed, NONCE);
    for (let position = 0; position < target.length; position += CHUNK_BYTES) {
      const length = Math.min(CHUNK_BYTES, target.length - position);
      target.set(cipher.update(new Uint8Array(length)), position);
    }
  };
}
