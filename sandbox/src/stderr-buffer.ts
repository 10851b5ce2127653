const HEADER_BYTES = 4;
const CAPACITY_BYTES = 64 * 1024;

/**
 * The first 64 KiB of a program's standard error, in memory shared by a thread and its process, so that
 * it survives the thread being killed.
 */
export interface StderrBuffer {
  write(bytes: Uint8Array): void;
  read(): Uint8Array;
  clear(): void;
}

/** Allocates the memory of a {@link StderrBuffer}. */
export function allocateStderr(): SharedArrayBuffer {
  return new SharedArrayBuffer(HEADER_BYTES + CAPACITY_BYTES);
}

/** Opens shared memory made by {@link allocateStderr}; one thread writes, any may read. */
export function openStderr(shared: SharedArrayBuffer): StderrBuffer {
  const length = new Int32Array(shared, 0, 1);
  const content = new Uint8Array(shared, HEADER_BYTES);
  return {
    write(bytes) {
      const used = Atomics.load(length, 0);
      const kept = bytes.subarray(0, CAPACITY_BYTES - used);
      content.set(kept, used);
      Atomics.store(length, 0, used + kept.length);
    },
    read: () => content.slice(0, Atomics.load(length, 0)),
    clear: () => void Atomics.store(length, 0, 0),
  };
}
