const INITIAL_BYTES = 4 * 1024;

/** Collects what a program writes, up to a limit. */
export interface Output {
  /** Appends; false when it would pass the limit, and then nothing is kept of it. */
  write(bytes: Uint8Array): boolean;
  take(): Uint8Array;
}

/** Makes an empty output that grows up to `limitBytes`. */
export function createOutput(limitBytes: number): Output {
  let content = new Uint8Array(0);
  let used = 0;
  return {
    write(bytes) {
      const needed = used + bytes.length;
      if (needed > limitBytes) return false;
      if (needed > content.length) {
        const capacity = Math.max(needed, Math.min(limitBytes, content.length * 2), INITIAL_BYTES);
        const larger = new Uint8Array(capacity);
        larger.set(content.subarray(0, used));
        content = larger;
      }
      content.set(bytes, used);
      used = needed;
      return true;
    },
    take: () => content.slice(0, used),
  };
}
