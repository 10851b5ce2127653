/** Runs scripts in the runtime as it is committed, natively and in the interpreter. */
import { readFileSync } from "node:fs";
import { parseManifest } from "@millrace/machine";
import { createNativeRunner, createNativeSpaces, encodeInput } from "@millrace/machine/native";
import { prepare } from "@millrace/machine/prepare";
import type { Prepared } from "@millrace/machine/prepare";
import { cgiEnvironment } from "../../../../sandbox/src/cgi.ts";

const PAGES_PER_MIB = 16;
const MIB = 2 ** 20;

/** The committed module. */
export const runtimeWasm = readFileSync(new URL("../../build/javascript.wasm", import.meta.url));

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

/** The bytes of the machine's input for a call. */
export function encodeCall(call: Call = {}): Uint8Array {
  const [path = "", ...query] = (call.path ?? "/").split("?");
  const body =
    typeof call.body === "string" ? new TextEncoder().encode(call.body) : (call.body ?? new Uint8Array(0));
  const request = {
    ...{
      requestId: "test",
      method: call.method ?? (body.length > 0 ? "POST" : "GET"),
      path,
      query: query.join("?"),
    },
    ...{ headers: call.headers ?? {}, body, env: call.env ?? {} },
  };
  return encodeInput({
    ...{
      args: ["test"],
      env: cgiEnvironment(request, parseManifest({ name: "test" })),
      stdin: body,
      outputBytes: 16 * MIB,
    },
    ...{
      acceptedAtMs: call.acceptedAtMs ?? 1_700_000_000_000,
      seed: call.seed ?? new Uint8Array(32).fill(7),
    },
  });
}

const prepared = new Map<number, { prepared: Prepared; module: WebAssembly.Module }>();

function prepareRuntime(maxPages: number): { prepared: Prepared; module: WebAssembly.Module } {
  const present = prepared.get(maxPages);
  if (present !== undefined) return present;
  const made = prepare(runtimeWasm, { maxPages });
  const both = { prepared: made, module: new WebAssembly.Module(made.module) };
  prepared.set(maxPages, both);
  return both;
}

/** Makes a function that runs a script's calls natively, each in a fresh instance. */
export function openScript(
  source: string,
  { memoryMiB = 128, fuel = 10n ** 10n }: Limits = {},
): (call?: Call) => Outcome {
  const maxPages = memoryMiB * PAGES_PER_MIB;
  const { prepared: made, module } = prepareRuntime(maxPages);
  const script = new TextEncoder().encode(source);
  const runner = createNativeRunner(
    { module, pages: made.program.pages, maxPages, script },
    createNativeSpaces(),
  );
  return (call) => {
    const { status, exitCode, output, stderr, fuelUsed } = runner.run(encodeCall(call), fuel);
    const whole = Buffer.from(output);
    const end = whole.indexOf("\r\n\r\n");
    const [head, body] =
      end === -1 ? ["", whole] : [whole.subarray(0, end).toString("latin1"), whole.subarray(end + 4)];
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
