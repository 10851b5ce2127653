import type { WasiFunctionName } from "@millrace/machine";
import type { StderrBuffer } from "../stderr-buffer.ts";
import type { Program } from "../protocol.ts";
import { createGuestClock } from "./clock.ts";
import { ERRNO, WasiError } from "./errno.ts";
import { createGuestMemory } from "./guest-memory.ts";
import type { GuestMemory } from "./guest-memory.ts";
import { createOutput } from "./output.ts";
import { createPoll } from "./poll.ts";
import { createRandom } from "./random.ts";
import { createStreamCalls, createStreams } from "./streams.ts";
import type { Streams } from "./streams.ts";
import { createStringLists } from "./string-lists.ts";

/** Why the host ended the program in the middle of a host function. */
export type Stop = { reason: "exit"; exitCode: number } | { reason: "output-too-large" };

/** What unwinds the program's stack once it has been stopped. */
const STOP = new Error("stopped");

/** Parameters of {@link createWasi}. */
interface WasiParameters {
  program: Program;
  outputBytes: number;
  stderr: StderrBuffer;
  getMemory: () => WebAssembly.Memory | undefined;
}

// Each takes the 32-bit integers as numbers and the 64-bit ones as bigints, as WebAssembly hands them over.
type HostFunction = (...parameters: never[]) => number;

/**
 * Makes the imports of one run: WASI preview 1 over its input, output, standard error, clock and random numbers.
 * @returns the import object, what the program wrote so far, and how the host stopped it, if it did
 */
export function createWasi({ program, outputBytes, stderr, getMemory }: WasiParameters) {
  const memory = createGuestMemory(getMemory);
  const output = createOutput(outputBytes);
  let stop: Stop | undefined;

  function stopWith(why: Stop): never {
    stop = why;
    throw STOP;
  }
  const stopForOutput = (): never => stopWith({ reason: "output-too-large" });
  const streams = createStreams({ output, stderr, stopForOutput, body: program.body });
  const functions: Record<WasiFunctionName, HostFunction> = {
    ...createStringLists(memory, program),
    ...createStreamCalls(memory, streams),
    ...createInputCalls(memory, streams, program),
    ...refusedCalls,
    proc_exit: (exitCode: number) => stopWith({ reason: "exit", exitCode: exitCode >>> 0 }),
    sched_yield: () => ERRNO.success,
  };

  // A program with exception handling can catch what unwinds it: then its next host call throws again.
  const guard =
    (hostFunction: HostFunction) =>
    (...parameters: never[]): number => {
      if (stop !== undefined) throw STOP;
      try {
        return hostFunction(...parameters);
      } catch (error) {
        if (error instanceof WasiError) return error.errno;
        throw error;
      }
    };
  const guarded = Object.entries(functions).map(([name, hostFunction]) => [name, guard(hostFunction)]);
  return {
    imports: { wasi_snapshot_preview1: Object.fromEntries(guarded) as Record<string, unknown> },
    takeOutput: () => output.take(),
    stopped: () => stop,
  };
}

/** Time and random numbers, which are inputs of the call. */
function createInputCalls(memory: GuestMemory, streams: Streams, { acceptedAtMs, seed }: Program) {
  const clock = createGuestClock(acceptedAtMs);
  const random = createRandom(seed);
  return {
    clock_res_get: (id: number, address: number) => {
      memory.setU64(address, clock.resolution(id));
      return ERRNO.success;
    },
    clock_time_get: (id: number, _precision: bigint, address: number) => {
      memory.setU64(address, clock.now(id));
      return ERRNO.success;
    },
    random_get: (address: number, length: number) => {
      random(memory.bytes(address, length));
      return ERRNO.success;
    },
    poll_oneoff: createPoll({ memory, clock, readyBytes: (...query) => streams.readyBytes(...query) }),
  };
}

const noFile = (): number => ERRNO.badf;

/** Files, sockets and signals, of which a program has none. */
const refusedCalls = {
  ...{ path_create_directory: noFile, path_filestat_get: noFile, path_filestat_set_times: noFile },
  ...{ path_link: noFile, path_open: noFile, path_readlink: noFile, path_remove_directory: noFile },
  ...{ path_rename: noFile, path_symlink: noFile, path_unlink_file: noFile },
  ...{ sock_accept: noFile, sock_recv: noFile, sock_send: noFile, sock_shutdown: noFile },
  proc_raise: () => ERRNO.nosys,
};
