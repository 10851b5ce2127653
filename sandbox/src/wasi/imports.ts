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
import { createStreams } from "./streams.ts";

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
  const clock = createGuestClock(program.acceptedAtMs);
  const random = createRandom(program.seed);
  let stop: Stop | undefined;

  function stopWith(why: Stop): never {
    stop = why;
    throw STOP;
  }
  const streams = createStreams({
    ...{ memory, output, stderr, body: program.body },
    stopForOutput: () => stopWith({ reason: "output-too-large" }),
  });
  const noFile = (): number => ERRNO.badf;
  const functions: Record<WasiFunctionName, HostFunction> = {
    ...stringLists(memory, program),
    ...streams.calls,
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
    poll_oneoff: createPoll({ memory, clock, readyBytes: streams.readyBytes }),
    proc_exit: (exitCode: number) => stopWith({ reason: "exit", exitCode: exitCode >>> 0 }),
    proc_raise: () => ERRNO.nosys,
    sched_yield: () => ERRNO.success,
    ...{ path_create_directory: noFile, path_filestat_get: noFile, path_filestat_set_times: noFile },
    ...{ path_link: noFile, path_open: noFile, path_readlink: noFile, path_remove_directory: noFile },
    ...{ path_rename: noFile, path_symlink: noFile, path_unlink_file: noFile },
    ...{ sock_accept: noFile, sock_recv: noFile, sock_send: noFile, sock_shutdown: noFile },
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

/** `args_…` and `environ_…`: lists of strings that end with a zero byte, and a list of their addresses. */
function stringLists(memory: GuestMemory, { args, env }: Program) {
  const encoder = new TextEncoder();
  const encode = (list: string[]) => list.map((text) => encoder.encode(`${text}\0`));
  const getter = (list: Uint8Array[]) => (addresses: number, content: number) => {
    let position = content >>> 0;
    list.forEach((text, index) => {
      memory.setU32((addresses >>> 0) + index * 4, position);
      memory.bytes(position, text.length).set(text);
      position += text.length;
    });
    return ERRNO.success;
  };
  const sizer = (list: Uint8Array[]) => (countAddress: number, sizeAddress: number) => {
    memory.setU32(countAddress, list.length);
    memory.setU32(
      sizeAddress,
      list.reduce((sum, text) => sum + text.length, 0),
    );
    return ERRNO.success;
  };
  const [encodedArgs, encodedEnv] = [encode(args), encode(env)];
  return {
    ...{ args_get: getter(encodedArgs), args_sizes_get: sizer(encodedArgs) },
    ...{ environ_get: getter(encodedEnv), environ_sizes_get: sizer(encodedEnv) },
  };
}
