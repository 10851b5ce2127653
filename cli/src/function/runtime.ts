import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { dirname, isAbsolute, join } from "node:path";
import { fileURLToPath } from "node:url";
import { checkRuntime, inspectModule, isModuleCid, readScriptModule } from "@millrace/machine";
import { MillraceError, moduleCid, type Api } from "@millrace/sdk";
import { failure } from "../errors.ts";
import { readInput } from "../files.ts";

/** A module that runs scripts. */
export interface Runtime {
  readonly cid: string;
  readonly wasm: Uint8Array;
}

/** Where runtimes that come with Millrace stand, each as `<name>/<name>.wasm` or `<name>/build/<name>.wasm`. */
const shipped = fileURLToPath(new URL("../../../runtimes", import.meta.url));

/** The names of the runtimes that come with Millrace, in alphabetical order. */
export async function shippedRuntimes(): Promise<string[]> {
  const names = existsSync(shipped) ? await readdir(shipped) : [];
  return names.filter((name) => existsSync(shippedFile(name))).sort();
}

/** The name of a runtime that comes with Millrace, however it was named: it is found by its CID wherever Millrace is. */
export async function shippedName({ cid }: Runtime): Promise<string | undefined> {
  for (const name of await shippedRuntimes())
    if ((await moduleCid(await readInput(shippedFile(name), "The runtime"))) === cid) return name;
  return undefined;
}

/**
 * The runtime that a `millrace.json` names: one that comes with Millrace, a file in the function's folder, or a CID.
 * @param folder the function's
 * @throws MillraceError `runtime-missing`, or MachineError for a module that can run nothing
 */
export async function chooseRuntime(
  named: string,
  folder: string,
  api?: () => Promise<Api>,
): Promise<Runtime> {
  if (isModuleCid(named)) return checked(await findRuntime(named, { folder: join(folder, "build"), api }));
  const file = isPath(named) ? (isAbsolute(named) ? named : join(folder, named)) : shippedFile(named);
  if (!existsSync(file)) {
    const known = await shippedRuntimes();
    throw failure(
      "runtime-missing",
      `There is no runtime "${named}"${isPath(named) ? `: no file ${file}` : ""}.`,
      {
        nextStep:
          `Set "runtime" in millrace.json to ${known.length === 0 ? "" : `${known.join(" or ")}, or `}` +
          "the path or the CID of a runtime's module.",
      },
    );
  }
  const wasm = await readInput(file, "The runtime");
  return checked({ cid: await moduleCid(wasm), wasm });
}

/**
 * Finds a runtime by its CID: among those that come with Millrace, in a folder of built modules, or where modules are stored.
 * @throws MillraceError `runtime-missing`
 */
export async function findRuntime(
  cid: string,
  { folder, api }: { folder: string; api: (() => Promise<Api>) | undefined },
): Promise<Runtime> {
  const files = [join(folder, `${cid}.wasm`), ...(await shippedRuntimes()).map(shippedFile)];
  for (const file of files.filter((each) => existsSync(each))) {
    const wasm = await readInput(file, "The runtime");
    if ((await moduleCid(wasm)) === cid) return { cid, wasm };
  }
  try {
    if (api !== undefined) return { cid, wasm: await (await api()).fetchBlob(cid) };
  } catch (error) {
    if (!(error instanceof MillraceError)) throw error;
    throw missing(cid, error.shortMessage, error);
  }
  throw missing(cid, "It does not come with this Millrace, and no file beside the script holds it.");
}

/** The runtime of a built module; undefined unless that is a script. @param file the module's */
export async function runtimeOf(
  module: Uint8Array,
  { file, api }: { file: string; api: (() => Promise<Api>) | undefined },
): Promise<Runtime | undefined> {
  const script = readScriptModule(module);
  if (script === undefined) return undefined;
  const runtime = checked(await findRuntime(script.runtime, { folder: dirname(file), api }));
  inspectModule(runtime.wasm, { memoryMiB: script.manifest.limits.memoryMiB });
  return runtime;
}

function checked(runtime: Runtime): Runtime {
  checkRuntime(runtime.wasm, runtime.cid);
  return runtime;
}

function isPath(named: string): boolean {
  return /[/\\]|\.wasm$/.test(named);
}

/** Where a runtime of Millrace stands, or would. */
function shippedFile(name: string): string {
  const built = join(shipped, name, "build", `${name}.wasm`);
  return existsSync(built) ? built : join(shipped, name, `${name}.wasm`);
}

function missing(cid: string, reason: string, cause?: unknown): MillraceError {
  return failure("runtime-missing", `The script's runtime ${cid} is not to be had.`, {
    details: reason,
    nextStep: "Build the function here, or take the Millrace that has this runtime: millrace function build",
    cause,
  });
}
