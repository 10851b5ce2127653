import { ERRNO, WasiError } from "./errno.ts";
import type { GuestMemory } from "./guest-memory.ts";
import type { Output } from "./output.ts";
import type { StderrBuffer } from "../stderr-buffer.ts";

const STDIN = 0;
const STDOUT = 1;
const STDERR = 2;
const RIGHT_READ = 1n << 1n;
const RIGHT_WRITE = 1n << 6n;
const RIGHT_POLL = 1n << 27n;
const FDSTAT_BYTES = 24;
const FILESTAT_BYTES = 64;

/** The three standard streams, which are all the files a program has. */
interface StreamsParameters {
  memory: GuestMemory;
  body: Uint8Array;
  output: Output;
  stderr: StderrBuffer;
  /** Ends the program; does not return. */
  stopForOutput: () => never;
}

/**
 * The `fd_…` functions. The streams look like pipes: of unknown type, without rights to seek, so that
 * no C library takes them for a terminal.
 */
export function createStreams({ memory, body, output, stderr, stopForOutput }: StreamsParameters) {
  const open = new Set([STDIN, STDOUT, STDERR]);
  let position = 0;

  function check(fd: number): void {
    if (!open.has(fd)) throw new WasiError(ERRNO.badf);
  }
  function refuse(errno: number): (fd: number) => number {
    return (fd) => {
      check(fd);
      return errno;
    };
  }
  function write(fd: number, bytes: Uint8Array): void {
    if (fd === STDERR) stderr.write(bytes);
    else if (!output.write(bytes)) stopForOutput();
  }

  const calls = {
    fd_read(fd: number, vectors: number, count: number, sizeAddress: number): number {
      check(fd);
      if (fd !== STDIN) return ERRNO.badf;
      const start = position;
      for (const target of memory.vectors(vectors, count)) {
        const chunk = body.subarray(position, position + target.length);
        target.set(chunk);
        position += chunk.length;
      }
      memory.setU32(sizeAddress, position - start);
      return ERRNO.success;
    },
    fd_write(fd: number, vectors: number, count: number, sizeAddress: number): number {
      check(fd);
      if (fd === STDIN) return ERRNO.badf;
      let written = 0;
      for (const source of memory.vectors(vectors, count)) {
        write(fd, source);
        written += source.length;
      }
      memory.setU32(sizeAddress, written);
      return ERRNO.success;
    },
    fd_close(fd: number): number {
      check(fd);
      open.delete(fd);
      return ERRNO.success;
    },
    fd_fdstat_get(fd: number, address: number): number {
      check(fd);
      memory.bytes(address, FDSTAT_BYTES).fill(0);
      memory.setU64(address + 8, RIGHT_POLL | (fd === STDIN ? RIGHT_READ : RIGHT_WRITE));
      return ERRNO.success;
    },
    fd_filestat_get(fd: number, address: number): number {
      check(fd);
      memory.bytes(address, FILESTAT_BYTES).fill(0);
      memory.setU64(address + 24, 1n);
      return ERRNO.success;
    },
    // Nothing here ever blocks, so that non-blocking mode changes nothing.
    fd_fdstat_set_flags: refuse(ERRNO.success),
    fd_prestat_get: () => ERRNO.badf,
    fd_prestat_dir_name: () => ERRNO.badf,
    ...{ fd_seek: refuse(ERRNO.spipe), fd_tell: refuse(ERRNO.spipe) },
    ...{ fd_pread: refuse(ERRNO.spipe), fd_pwrite: refuse(ERRNO.spipe) },
    ...{ fd_advise: refuse(ERRNO.spipe), fd_allocate: refuse(ERRNO.nosys), fd_datasync: refuse(ERRNO.nosys) },
    ...{ fd_fdstat_set_rights: refuse(ERRNO.nosys), fd_filestat_set_size: refuse(ERRNO.nosys) },
    ...{ fd_filestat_set_times: refuse(ERRNO.nosys), fd_readdir: refuse(ERRNO.nosys) },
    ...{ fd_renumber: refuse(ERRNO.nosys), fd_sync: refuse(ERRNO.nosys) },
  };
  /** What a poll would find: bytes ready on a readable or writable stream, or undefined for no stream. */
  function readyBytes(fd: number, forReading: boolean): number | undefined {
    if (!open.has(fd) || (fd === STDIN) !== forReading) return undefined;
    return forReading ? body.length - position : 1;
  }
  return { calls, readyBytes };
}
