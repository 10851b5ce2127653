/** Runs scripts in the runtime as it is committed, each call in a fresh instance. */
import { readFileSync } from "node:fs";
import { parseManifest } from "@millrace/machine";
import { createNativeRunner, createNativeSpaces, encodeInput } from "@millrace/machine/native";
import { prepare } from "@millrace/machine/prepare";
import type { Prepared } from "@millrace/machine/prepare";
import { cgiEnvironment } from "../../../../sandbox/src/cgi.ts";

const PAGES_PER_MIB = 16;
const OUTPUT_BYTES = 2 ** 24;

/** The committed module. */
export const runtimeWasm = readFileSync(new URL("../../build/python.wasm", import.meta.url));

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
  /** Lines of standard output before the empty one; none without an answer. */
  head: string[];
  text: string;
  body: Uint8Array;
  log: string;
  fuelUsed: bigint;
}

/** The bytes of the machine's input for a call. */
export function encodeCall({
  acceptedAtMs = 1_700_000_000_000,
  seed,
  env = {},
  ...call
}: Call = {}): Uint8Array {
  const [path = "", ...query] = (call.path ?? "/").split("?");
  const body = Buffer.from(call.body ?? "");
  const request = {
    ...{ requestId: "test", method: call.method ?? (body.length > 0 ? "POST" : "GET"), path },
    ...{ query: query.join("?"), headers: call.headers ?? {}, body, env },
  };
  return encodeInput({
    ...{ args: ["test"], env: cgiEnvironment(request, parseManifest({ name: "test" })) },
    ...{ stdin: body, outputBytes: OUTPUT_BYTES, acceptedAtMs, seed: seed ?? new Uint8Array(32).fill(7) },
  });
}

const known = new Map<number, { prepared: Prepared; module: WebAssembly.Module }>();

/** The runtime without a script. */
function prepareRuntime(maxPages: number): { prepared: Prepared; module: WebAssembly.Module } {
  const present = known.get(maxPages);
  if (present !== undefined) return present;
  const prepared = prepare(runtimeWasm, { maxPages });
  const made = { prepared, module: new WebAssembly.Module(prepared.module) };
  known.set(maxPages, made);
  return made;
}

/** Makes a function that runs a script's calls natively. `fuel` in units. */
export function openScript(
  source: string | Uint8Array,
  { memoryMiB = 128, fuel = 10n ** 10n }: { memoryMiB?: number; fuel?: bigint } = {},
): (call?: Call) => Outcome {
  const maxPages = memoryMiB * PAGES_PER_MIB;
  const { prepared, module } = prepareRuntime(maxPages);
  const { pages } = prepared.program;
  const runner = createNativeRunner(
    { module, pages, maxPages, script: Buffer.from(source) },
    createNativeSpaces(),
  );
  return (call) => {
    const { status, exitCode, output, stderr, fuelUsed } = runner.run(encodeCall(call), fuel);
    const whole = Buffer.from(output);
    const end = whole.indexOf("\r\n\r\n");
    const head = end === -1 ? [] : whole.subarray(0, end).toString().split("\r\n");
    const body = end === -1 ? whole : whole.subarray(end + 4);
    return {
      status,
      exitCode,
      head,
      body,
      text: body.toString(),
      log: Buffer.from(stderr).toString(),
      fuelUsed,
    };
  };
}

/** What a script prints whose handler answers with nothing; fails when it does not come to its end. */
export function printed(source: string, call?: Call): string {
  const { exitCode, status, log } = openScript(`${source}\ndef handler(request): pass\n`)(call);
  if (status !== 1 || exitCode !== 0)
    throw new Error(`It ended with status ${status}, exit code ${exitCode}: ${log}`);
  return log;
}
