import { readFileSync } from "node:fs";
import { PAGES_PER_MIB, parseManifest } from "@millrace/machine";
import { createNativeRunner, createNativeSpaces } from "@millrace/machine/native";
import { prepare } from "@millrace/machine/prepare";
import { encodeCall as encodeRequest } from "@millrace/sandbox";

export interface Call {
  method?: string;
  /** With its query. */
  path?: string;
  headers?: Record<string, string>;
  body?: string | Uint8Array;
  env?: Record<string, string>;
  acceptedAtMs?: number;
  seed?: Uint8Array;
}

export interface Outcome {
  /** The machine's: 1 is an exit. */
  status: number;
  exitCode: number;
  /** What standard output begins with up to the empty line; empty without an answer. */
  head: string;
  body: Uint8Array;
  /** The body as a text. */
  text: string;
  log: string;
  fuelUsed: bigint;
}

export interface Limits {
  memoryMiB?: number;
  /** in units */
  fuel?: bigint;
}

const manifest = parseManifest({ name: "test" });

/** The bytes of the machine's input for a call, as the sandbox writes them. */
export function encodeCall({ path = "/", method, headers = {}, ...call }: Call = {}): Uint8Array {
  const [before = "", ...query] = path.split("?");
  const body = Buffer.from(call.body ?? "");
  const request = {
    ...{ requestId: "test", method: method ?? (body.length > 0 ? "POST" : "GET"), path: before },
    ...{ query: query.join("?"), headers, body, env: call.env ?? {} },
    acceptedAtMs: call.acceptedAtMs ?? 1_700_000_000_000,
    seed: call.seed ?? new Uint8Array(32).fill(7),
  };
  return encodeRequest(request, manifest).input;
}

/** A runtime as it is committed. */
export interface Runtime {
  wasm: Uint8Array;
  /** Makes a function that runs a script's calls natively, each in a fresh instance. */
  openScript: (source: string | Uint8Array, limits?: Limits) => (call?: Call) => Outcome;
}

/** Reads a committed runtime; it is prepared once for each limit of the memory. */
export function readRuntime(name: "javascript" | "python"): Runtime {
  const wasm = readFileSync(new URL(`../${name}/build/${name}.wasm`, import.meta.url));
  const known = new Map<number, { module: WebAssembly.Module; pages: number }>();

  function prepared(maxPages: number): { module: WebAssembly.Module; pages: number } {
    const present = known.get(maxPages);
    if (present !== undefined) return present;
    const { module, program } = prepare(wasm, { maxPages });
    const made = { module: new WebAssembly.Module(module), pages: program.pages };
    known.set(maxPages, made);
    return made;
  }

  return {
    wasm,
    openScript(source, { memoryMiB = 128, fuel = 10n ** 10n } = {}) {
      const maxPages = memoryMiB * PAGES_PER_MIB;
      const script = Buffer.from(source);
      const runner = createNativeRunner({ ...prepared(maxPages), maxPages, script }, createNativeSpaces());
      return (call) => {
        const { status, exitCode, output, stderr, fuelUsed } = runner.run(encodeCall(call), fuel);
        const whole = Buffer.from(output);
        const end = whole.indexOf("\r\n\r\n");
        const body = end === -1 ? whole : whole.subarray(end + 4);
        return {
          ...{ status, exitCode, fuelUsed, body, text: body.toString() },
          head: end === -1 ? "" : whole.subarray(0, end).toString("latin1"),
          log: Buffer.from(stderr).toString(),
        };
      };
    },
  };
}
