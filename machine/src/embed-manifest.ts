import { invalidManifest, parseManifest } from "./manifest.ts";
import type { Manifest } from "./manifest.ts";
import { encodeU32, malformed } from "./byte-reader.ts";
import { MachineError } from "./errors.ts";
import { concatBytes, encodeSection, readSections, SECTION } from "./sections.ts";

const SECTION_NAME = "millrace";

/**
 * Puts the manifest into the module as its last custom section, in canonical JSON (sorted keys, no spaces),
 * so that one CID names code and settings. An older manifest is replaced; `build`, `module` and `script` stay out.
 * @throws MachineError when `wasm` is no module or the manifest is invalid
 */
export function embedManifest(wasm: Uint8Array, manifest: Manifest): Uint8Array {
  const { name, contentType, limits, env, answer, runtime } = parseManifest(manifest);
  // What is as it always was stays out, so that modules keep their names.
  const special = { ...(answer === "body" ? {} : { answer }), ...(runtime === undefined ? {} : { runtime }) };
  const json = new TextEncoder().encode(canonicalJson({ name, contentType, limits, env, ...special }));
  const label = new TextEncoder().encode(SECTION_NAME);
  const kept: Uint8Array[] = [];
  let position = 0;
  for (const section of manifestSections(wasm)) {
    kept.push(wasm.subarray(position, section.start));
    position = section.end;
  }
  kept.push(wasm.subarray(position));
  return concatBytes(...kept, encodeSection(SECTION.custom, encodeU32(label.length), label, json));
}

/**
 * Reads the manifest out of a module.
 * @throws MachineError `no-manifest` when there is none, `invalid-manifest`, or what `readSections` throws
 */
export function readManifest(wasm: Uint8Array): Manifest {
  const [section, second] = manifestSections(wasm);
  if (section === undefined) {
    throw new MachineError({
      code: "no-manifest",
      message: "The module has no manifest: its custom section `millrace` is missing.",
      nextStep: "Build it with `millrace function build`, which puts millrace.json into the module.",
    });
  }
  if (second !== undefined) throw malformed("The module has more than one manifest.", second.start);
  const content = wasm.subarray(section.contentStart, section.end);
  let source: unknown;
  try {
    source = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(content));
  } catch (cause) {
    throw invalidManifest("The manifest in the module is not JSON.", section.contentStart, cause);
  }
  return parseManifest(source);
}

function manifestSections(wasm: Uint8Array) {
  return readSections(wasm).filter(({ id, name }) => id === SECTION.custom && name === SECTION_NAME);
}

function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => {
    if (typeof inner !== "object" || inner === null || Array.isArray(inner)) return inner;
    return Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
