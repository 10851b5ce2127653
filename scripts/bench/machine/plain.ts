/** A module as it came, on V8 alone: the least host of WASI that the kernels need, without fuel, limits or canonical NaN. */

/** What a plain run needs. */
export interface PlainParameters {
  module: WebAssembly.Module;
  stdin: Uint8Array;
  /** program name first */
  args?: string[];
  /** `NAME=value` */
  env?: string[];
  /** Called with the instance's exports at the end. */
  inspect?: (exports: Record<string, unknown>) => void;
}

const ENOSYS = 52;
const EBADF = 8;

/** Runs `_start` in a new instance; returns what it wrote to standard output. */
export function runPlain({
  module,
  stdin,
  args = ["program"],
  env = [],
  inspect,
}: PlainParameters): Uint8Array {
  let memory = new WebAssembly.Memory({ initial: 0 });
  const output: Uint8Array[] = [];
  let read = 0;
  const view = (): DataView => new DataView(memory.buffer);
  const bytes = (at: number, size: number): Uint8Array => new Uint8Array(memory.buffer, at, size);
  const exit = new Error("exit");
  const vectors = (at: number, count: number, each: (part: Uint8Array) => number): number => {
    let moved = 0;
    for (let i = 0; i < count; i += 1)
      moved += each(bytes(view().getUint32(at + i * 8, true), view().getUint32(at + i * 8 + 4, true)));
    return moved;
  };
  const encode = (texts: string[]): Uint8Array[] =>
    texts.map((text) => new TextEncoder().encode(`${text}\0`));
  const sizes = (texts: Uint8Array[]) => (countAt: number, sizeAt: number) => {
    view().setUint32(countAt, texts.length, true);
    view().setUint32(
      sizeAt,
      texts.reduce((sum, text) => sum + text.length, 0),
      true,
    );
    return 0;
  };
  const copy = (texts: Uint8Array[]) => (pointersAt: number, at: number) => {
    let next = at;
    for (const [index, text] of texts.entries()) {
      view().setUint32(pointersAt + 4 * index, next, true);
      bytes(next, text.length).set(text);
      next += text.length;
    }
    return 0;
  };
  const functions: Record<string, (...values: never[]) => unknown> = {
    args_sizes_get: sizes(encode(args)),
    args_get: copy(encode(args)),
    environ_sizes_get: sizes(encode(env)),
    environ_get: copy(encode(env)),
    fd_fdstat_get: (fd: number, at: number) => {
      if (fd > 2) return EBADF;
      bytes(at, 24).fill(0);
      // A character device with all rights.
      view().setUint8(at, 2);
      view().setBigUint64(at + 8, 2n ** 30n - 1n, true);
      view().setBigUint64(at + 16, 2n ** 30n - 1n, true);
      return 0;
    },
    fd_close: () => 0,
    fd_seek: () => 70,
    fd_read: (fd: number, at: number, count: number, sizeAt: number) => {
      const moved = vectors(at, count, (part) => {
        const slice = stdin.subarray(read, read + part.length);
        part.set(slice);
        read += slice.length;
        return slice.length;
      });
      view().setUint32(sizeAt, moved, true);
      return 0;
    },
    fd_write: (fd: number, at: number, count: number, sizeAt: number) => {
      const moved = vectors(at, count, (part) => {
        if (fd === 1) output.push(part.slice());
        return part.length;
      });
      view().setUint32(sizeAt, moved, true);
      return 0;
    },
    fd_prestat_get: () => EBADF,
    proc_exit: () => {
      throw exit;
    },
  };
  const imports = Object.fromEntries(
    WebAssembly.Module.imports(module).map(({ name }) => [name, functions[name] ?? (() => ENOSYS)]),
  );
  const { exports } = new WebAssembly.Instance(module, { wasi_snapshot_preview1: imports });
  memory = exports["memory"] as WebAssembly.Memory;
  try {
    (exports["_start"] as () => void)();
  } catch (error) {
    if (error !== exit) throw error;
  }
  inspect?.(exports);
  return join(output);
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}
