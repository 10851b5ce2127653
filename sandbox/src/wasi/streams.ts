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

/** Parameters of {@link createStreams}. */
interface StreamsParameters {
  body: Uint8Array;
  output: Output;
  stderr: StderrBuffer;
  /** Ends the program; does not return. */
  stopForOutput: () => never;
}

/** The three standard streams, which are all the files a program has. */
export interface Streams {
  /** Throws a WasiError `badf` unless the stream is open. */
  check(fd: number): void;
  close(fd: number): void;
  read(fd: number, targets: Uint8Array[]): number;
  write(fd: number, sources: Uint8Array[]): number;
  /** Bytes that a poll finds ready, or undefined when there is no such stream. */
  readyBytes(fd: number, forReading: boolean): number | undefined;
}

/** Makes the streams of one call. */
export function createStreams({ body, output, stderr, stopForOutput }: StreamsParameters): Streams {
  const open = new Set([STDIN, STDOUT, STDERR]);
  let position = 0;

  function check(fd: number): void {
    if (!open.has(fd)) throw new WasiError(ERRNO.badf);
  }
  function isReady(fd: number, forReading: boolean): boolean {
    return open.has(fd) && (fd === STDIN) === forReading;
  }
  return {
    check,
    close(fd) {
      check(fd);
      open.delete(fd);
    },
    read(fd, targets) {
      if (!isReady(fd, true)) throw new WasiError(ERRNO.badf);
      const start = position;
      for (const target of targets) {
        const chunk = body.subarray(position, position + target.length);
        target.set(chunk);
        position += chunk.length;
      }
      return position - start;
    },
    write(fd, sources) {
      if (!isReady(fd, false)) throw new WasiError(ERRNO.badf);
      for (const source of sources) {
        if (fd === STDERR) stderr.write(source);
        else if (!output.write(source)) stopForOutput();
      }
      return sources.reduce((sum, { length }) => sum + length, 0);
    },
    readyBytes(fd, forReading) {
      if (!isReady(fd, forReading)) return undefined;
      return forReading ? body.length - position : 1;
    },
  };
}

/**
 * The `fd_…` functions over the streams. They look like pipes: of unknown type, without rights to seek, so
 * that no C library takes them for a terminal.
 */
export function createStreamCalls(memory: GuestMemory, streams: Streams) {
  const answer = (errno: number) => (fd: number) => {
    streams.check(fd);
    return errno;
  };
  const [notSeekable, notProvided] = [answer(ERRNO.spipe), answer(ERRNO.nosys)];
  return {
    fd_read(fd: number, vectors: number, count: number, sizeAddress: number): number {
      memory.setU32(sizeAddress, streams.read(fd, memory.vectors(vectors, count)));
      return ERRNO.success;
    },
    fd_write(fd: number, vectors: number, count: number, sizeAddress: number): number {
      memory.setU32(sizeAddress, streams.write(fd, memory.vectors(vectors, count)));
      return ERRNO.success;
    },
    fd_close(fd: number): number {
      streams.close(fd);
      return ERRNO.success;
    },
    fd_fdstat_get(fd: number, address: number): number {
      streams.check(fd);
      memory.bytes(address, FDSTAT_BYTES).fill(0);
      memory.setU64(address + 8, RIGHT_POLL | (fd === STDIN ? RIGHT_READ : RIGHT_WRITE));
      return ERRNO.success;
    },
    fd_filestat_get(fd: number, address: number): number {
      streams.check(fd);
      memory.bytes(address, FILESTAT_BYTES).fill(0);
      memory.setU64(address + 24, 1n);
      return ERRNO.success;
    },
    // Nothing here ever blocks, so that non-blocking mode changes nothing.
    fd_fdstat_set_flags: answer(ERRNO.success),
    fd_prestat_get: () => ERRNO.badf,
    fd_prestat_dir_name: () => ERRNO.badf,
    ...{ fd_seek: notSeekable, fd_tell: notSeekable, fd_pread: notSeekable, fd_pwrite: notSeekable },
    ...{ fd_advise: notSeekable, fd_allocate: notProvided, fd_datasync: notProvided, fd_sync: notProvided },
    ...{ fd_fdstat_set_rights: notProvided, fd_filestat_set_size: notProvided, fd_renumber: notProvided },
    ...{ fd_filestat_set_times: notProvided, fd_readdir: notProvided },
  };
}
