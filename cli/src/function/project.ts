import { existsSync } from "node:fs";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { parseManifest, readManifest, type Manifest } from "@millrace/machine";
import type { Api } from "@millrace/sdk";
import { failure } from "../errors.ts";
import { isMissing, readInput, readJson } from "../files.ts";
import { runtimeOf, type Runtime } from "./runtime.ts";

/** A function's folder with its settings. */
export interface Project {
  readonly folder: string;
  readonly manifest: Manifest;
  /** What the build command writes: a module, or a script for the runtime that the settings name. */
  readonly compiled: string;
  /** The module with the manifest inside, ready to deploy. */
  readonly output: string;
}

/** A module ready to run. */
export interface BuiltModule {
  readonly file: string;
  readonly module: Uint8Array;
  readonly manifest: Manifest;
  /** What runs it, if it is a script. */
  readonly runtime?: Runtime | undefined;
}

/** The settings file in a function's folder. */
export const manifestFile = "millrace.json";

/**
 * Reads the function in a folder.
 * @throws MillraceError `function-missing`, or MachineError `invalid-manifest`
 */
export async function readProject(folder: string): Promise<Project> {
  const file = join(folder, manifestFile);
  if (!existsSync(file))
    throw failure("function-missing", `${folder} holds no function: it has no ${manifestFile}.`, {
      nextStep: "Go to the function's folder, or start one: millrace function init <folder>",
    });
  const manifest = parseManifest(await readJson(file, "The function's settings"));
  const output = join(folder, "build", `${manifest.name}.wasm`);
  const built = compiledPath(manifest);
  const compiled = built === undefined ? output : join(folder, built);
  return { folder, manifest, compiled, output };
}

function compiledPath({ runtime, script, module }: Manifest): string | undefined {
  if (runtime === undefined && script === undefined) return module;
  if (runtime !== undefined && script !== undefined && module === undefined) return script;
  throw failure(
    "script-incomplete",
    `${manifestFile} says only in part which script runs on which runtime.`,
    {
      nextStep: 'A script needs "runtime" and "script", and no "module"; a module has neither.',
    },
  );
}

/**
 * Reads the module that a person named: a file, or the built module of a function's folder.
 * @param api where a script's runtime may be stored
 * @throws MillraceError `function-missing`, `function-not-built`, `file-unreadable`, `runtime-missing`, or MachineError where the module has no manifest
 */
export async function readBuilt(target: string, api: (() => Promise<Api>) | undefined): Promise<BuiltModule> {
  const { file, module } = await readModule(target);
  return { file, module, manifest: readManifest(module), runtime: await runtimeOf(module, { file, api }) };
}

/**
 * The same without a look into the module.
 * @throws MillraceError `function-missing`, `function-not-built`, `file-unreadable`
 */
export async function readModule(target: string): Promise<Pick<BuiltModule, "file" | "module">> {
  const file = (await isFolder(target)) ? (await readProject(target)).output : target;
  if (file !== target && !existsSync(file))
    throw failure("function-not-built", `The function in ${target} is not built yet.`, {
      nextStep: "millrace function build",
    });
  if (!existsSync(file))
    throw failure("function-missing", `There is no function at ${target}.`, {
      nextStep:
        "Name a function's folder or a built module (.wasm), or start one: millrace function init <folder>",
    });
  return { file, module: await readInput(file, "The module") };
}

/** True for a folder; a missing path is none. */
export async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}
