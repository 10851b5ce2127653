import { existsSync } from "node:fs";
import { inspectModule, isModuleCid, readManifest } from "@millrace/machine";
import { openSandbox } from "@millrace/sandbox";
import { cidToDigest, moduleCid, type Api } from "@millrace/sdk";
import type { Hex } from "viem";
import type { Context } from "../context.ts";
import { failure } from "../errors.ts";
import { formatSize } from "../format.ts";
import type { Step } from "../progress.ts";
import { buildProject } from "./build.ts";
import { isFolder, readBuilt, readProject, type BuiltModule } from "./project.ts";
import { runtimeOf, type Runtime } from "./runtime.ts";

/** What the steps that publish a module leave for those after them. */
export interface Published {
  built?: Pick<BuiltModule, "module" | "manifest" | "runtime">;
  cid?: string;
  /** What preparing the module gives here, as on every node. */
  functionCommitment?: Hex;
}

/** Builds the function in a folder, or reads a module that is built already. */
export function buildStep(context: Context, target: string, done: Published, compile: boolean): Step {
  return {
    title: "Build",
    run: async () => {
      const isBuilt = !(await isFolder(target));
      const built = isBuilt
        ? await readBuilt(target, context.api)
        : await buildProject(await readProject(target), { compile, api: context.api });
      done.built = built;
      done.cid = await moduleCid(built.module);
      return `${isBuilt || !compile ? "Read" : "Built"} ${built.manifest.name}, ${formatSize(built.module.length)}`;
    },
  };
}

/** Checks that a node would run the module, and stores it where nodes find it. */
export function publishStep(context: Context, done: Published): Step {
  return {
    title: "Check that nodes can run it, and store it",
    run: async () => {
      const { module, runtime } = having(done.built);
      const api = await context.api();
      const [functionCommitment, { cid }] = await Promise.all([
        tryModule(module, runtime),
        api.uploadBlob(module),
        runtime === undefined ? undefined : publishRuntime(api, runtime),
      ]);
      done.functionCommitment = functionCommitment;
      return `Checked and stored as ${cid}`;
    },
  };
}

/** Takes a module that was published before: it must be there, and a node must be able to run it. */
export function fetchStep(context: Context, cid: string, done: Published): Step {
  return {
    title: "Check the published function",
    run: async () => {
      const api = await context.api();
      const module = await api.fetchBlob(cid);
      const manifest = readManifest(module);
      const runtime = await runtimeOf(module, { file: context.path(`${cid}.wasm`), api: context.api });
      if (runtime !== undefined) await publishRuntime(api, runtime);
      done.functionCommitment = await tryModule(module, runtime);
      done.built = { module, manifest };
      done.cid = cid;
      return `Found ${manifest.name}, ${formatSize(module.length)}`;
    },
  };
}

/** The steps that bring what a person named (a folder, a module, a CID) to a published CID. */
export function publishSteps(
  context: Context,
  target: string,
  { compile, done }: { compile: boolean; done: Published },
): Step[] {
  if (isModuleCid(target) && !existsSync(context.path(target))) return [fetchStep(context, target, done)];
  return [buildStep(context, context.path(target), done, compile), publishStep(context, done)];
}

/**
 * A published module's CID as a person typed it.
 * @throws MillraceError `cid-invalid`
 */
export function requireCid(text: string): string {
  if (!isModuleCid(text))
    throw failure("cid-invalid", `${text} is not the CID of a function.`, {
      nextStep: "Build and publish one in one go: millrace function deploy <folder>",
    });
  cidToDigest(text);
  return text;
}

/** Starts the module as a node would. @returns its function commitment */
async function tryModule(module: Uint8Array, runtime: Runtime | undefined): Promise<Hex> {
  if (runtime === undefined) inspectModule(module);
  const sandbox = await openSandbox({ module, threads: 1, ...(runtime && { runtime: runtime.wasm }) });
  await sandbox.close();
  return sandbox.commitment;
}

/** Stores a runtime beside its script, where it is not there yet. */
async function publishRuntime(api: Api, { cid, wasm }: Runtime): Promise<void> {
  if (!(await api.hasBlob(cid))) await api.uploadBlob(wasm);
}

/** What an earlier step left. */
export function having<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("A step ran before the one it needs.");
  return value;
}
