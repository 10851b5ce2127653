import { encodeU32 } from "./byte-reader.ts";
import { checkScript, invalidScript } from "./check-script.ts";
import { embedManifest, readManifest } from "./embed-manifest.ts";
import { MachineError } from "./errors.ts";
import { invalidManifest } from "./manifest.ts";
import type { Manifest } from "./manifest.ts";
import { concatBytes, encodeSection, readSections, SECTION } from "./sections.ts";

/** A custom section with the bytes of a script; beside it a script's module has its manifest and nothing else. */
const SECTION_NAME = "millrace.script";
const HEADER = Uint8Array.of(0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0);
/** CIDv1, raw, sha2-256, base32: the name of a module. */
const CID_PATTERN = /^bafkrei[a-z2-7]{52}$/;

/** True if a text has the form of a module's CID. */
export function isModuleCid(text: string): boolean {
  return CID_PATTERN.test(text);
}

/** A function that is a script: it names the runtime that runs it. */
export interface ScriptModule {
  manifest: Manifest;
  /** The CID of the runtime's module. */
  runtime: string;
  script: Uint8Array;
}

/**
 * Makes a script's module: the manifest, which names the runtime by its CID, and the script (docs/machine.md, Scripts).
 * @throws MachineError `invalid-script`, `invalid-manifest`
 */
export function buildScriptModule(script: Uint8Array, manifest: Manifest): Uint8Array {
  checkScript(script);
  runtimeOf(manifest);
  const name = new TextEncoder().encode(SECTION_NAME);
  const section = encodeSection(SECTION.custom, encodeU32(name.length), name, script);
  return embedManifest(concatBytes(HEADER, section), manifest);
}

/**
 * Takes a script's module apart.
 * @returns undefined for a module that has code of its own and names no runtime
 * @throws MachineError `invalid-script`, `no-manifest`, `invalid-manifest`, or what `readSections` throws
 */
export function readScriptModule(wasm: Uint8Array): ScriptModule | undefined {
  const sections = readSections(wasm);
  const [section, second] = sections.filter((one) => isScript(one));
  const manifest = readManifest(wasm);
  if (section === undefined) {
    if (manifest.runtime === undefined) return undefined;
    throw invalidScript("The module names a runtime, but has no script in it.");
  }
  if (second !== undefined) throw invalidScript("The module has more than one script.", second.start);
  const other = sections.find(({ id }) => id !== SECTION.custom);
  if (other !== undefined)
    throw invalidScript(
      "The module has a script and code of its own: it can have only one of them.",
      other.start,
    );
  const script = wasm.slice(section.contentStart, section.end);
  checkScript(script);
  return { manifest, runtime: runtimeOf(manifest), script };
}

/**
 * Checks that a module has code that can run a script.
 * @param cid what the script calls it
 * @throws MachineError `invalid-runtime` when it is a script itself, or what `readSections` throws
 */
export function checkRuntime(wasm: Uint8Array, cid: string): void {
  if (!readSections(wasm).some((section) => isScript(section))) return;
  throw new MachineError({
    code: "invalid-runtime",
    message: `The runtime ${cid} is a script itself: it has nothing that runs another script.`,
    nextStep:
      "Name a runtime of Millrace in millrace.json (javascript or python), or a module that reads file 3.",
  });
}

function isScript({ id, name }: { id: number; name: string | undefined }): boolean {
  return id === SECTION.custom && name === SECTION_NAME;
}

function runtimeOf({ runtime }: Manifest): string {
  if (runtime === undefined) throw invalidManifest("runtime is missing: nothing says what runs the script.");
  if (!isModuleCid(runtime))
    throw invalidManifest(`runtime: "${runtime.slice(0, 100)}" is not the CID of a module (bafkrei…).`);
  return runtime;
}
