import { readFileSync } from "node:fs";
import { embedManifest, parseManifest, type Manifest } from "@millrace/machine";
import { openSandbox } from "@millrace/sandbox";
import type { CallRequest, Sandbox } from "@millrace/sandbox";

/** Reads a file of an example. */
export function readExample(name: string, path: string): Buffer {
  return readFileSync(new URL(`../${name}/${path}`, import.meta.url));
}

/** Reads the `millrace.json` of an example. */
export function readExampleManifest(name: string): Manifest {
  return parseManifest(JSON.parse(readExample(name, "millrace.json").toString()));
}

/** Opens the prebuilt module of an example with its own `millrace.json`. */
export async function openExample(name: string): Promise<Sandbox> {
  const manifest = readExampleManifest(name);
  const wasm = readExample(name, manifest.module ?? "");
  return await openSandbox({ module: embedManifest(wasm, manifest) });
}

/** Makes a request with a text as its body. */
export function makeRequest(text: string, query = ""): CallRequest {
  const body = new TextEncoder().encode(text);
  return { requestId: "example", method: "POST", path: "/", query, headers: {}, body };
}
