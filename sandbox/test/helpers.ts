import { readFileSync } from "node:fs";
import { embedManifest, parseManifest } from "@millrace/machine";
import { openSandbox } from "../src/index.ts";
import type { CallRequest, CallResult, OpenSandboxParameters, Sandbox } from "../src/index.ts";

const open = new Set<Sandbox>();

/** Reads a compiled fixture. */
export function readFixture(name: string): Buffer {
  return readFileSync(new URL(`./fixtures/${name}.wasm`, import.meta.url));
}

/** Opens a fixture or module bytes with settings of `millrace.json`; `closeSandboxes` closes it. */
export async function openFunction(
  source: string | Uint8Array,
  settings: object = {},
  parameters: Omit<OpenSandboxParameters, "module"> = {},
): Promise<Sandbox> {
  const wasm = typeof source === "string" ? readFixture(source) : source;
  const module = embedManifest(wasm, parseManifest({ name: "tested", ...settings }));
  const sandbox = await openSandbox({ module, ...parameters });
  open.add(sandbox);
  return sandbox;
}

/** Closes what the test opened. */
export async function closeSandboxes(): Promise<void> {
  await Promise.all([...open].map((sandbox) => sandbox.close()));
  open.clear();
}

/** Makes a request whose body is text. */
export function makeRequest({
  text = "",
  ...fields
}: Partial<CallRequest> & { text?: string } = {}): CallRequest {
  const body = new TextEncoder().encode(text);
  return { requestId: "request-1", method: "POST", path: "", query: "", headers: {}, body, ...fields };
}

/** The output of a call as text. */
export function outputText(result: CallResult): string {
  return new TextDecoder().decode(result.output);
}
