import {
  inspectModule,
  MachineError,
  PAGES_PER_MIB,
  parseManifest,
  prepare,
  readManifest,
  readScriptModule,
} from "@millrace/machine";
import { moduleCid } from "@millrace/sdk";
import { defineCommand, optionalArgument } from "../../command.ts";
import { formatCount, formatSize } from "../../format.ts";
import { readModule } from "../../function/project.ts";
import { runtimeOf, type Runtime } from "../../function/runtime.ts";
import { formatFields } from "../../output.ts";
import { text } from "../../parse.ts";

const pageKiB = 64;
const instructionBytes = 16;

export const functionInspect = defineCommand({
  name: "function inspect",
  summary: "Show what is in a built module and what it becomes on a node: CID, settings, imports, commitment",
  details:
    "The module is prepared as on a node, so that what no node would run is named with its place in the module. A module " +
    "without settings is shown with the default ones. What a call costs is part of the price of an epoch; the fuel is the " +
    "most that one may use.",
  needs: "nothing",
  args: { target: optionalArgument("target", "the function's folder or a module", text, "here") },
  options: {},
  examples: ["millrace function inspect", "millrace function inspect build/hello.wasm --json"],
  handler: async (context, { args }) => {
    const { file, module } = await readModule(context.path(args.target ?? "."));
    const runtime = isScript(module) ? await runtimeOf(module, { file, api: context.api }) : undefined;
    const found = inspect(module, runtime);
    const { manifest, limits, imports, exports, memory, features, commitment } = found;
    const cid = await moduleCid(module);
    const env = Object.entries(manifest?.env ?? {}).map(([key, value]) => `${key}=${value}`);
    const { prepareMs, preparedBytes, instructions } = found;
    return {
      data: {
        ...{
          file,
          cid,
          sizeBytes: module.length,
          manifest: manifest ?? null,
          imports,
          exports,
          memory,
          features,
        },
        ...(found.script === undefined
          ? {}
          : {
              script: { sizeBytes: found.script.length },
              runtime: { cid: runtime?.cid, sizeBytes: runtime?.wasm.length },
            }),
        ...{ functionCommitment: commitment, prepareMs, preparedBytes, instructions },
        mostFuelPerCall: limits.fuel,
      },
      text: formatFields(
        [
          ["name", manifest?.name ?? "none: it has no settings yet, see millrace function build"],
          ["CID", cid],
          ["commitment", commitment],
          ["size", formatSize(module.length)],
          ["script", found.script && formatSize(found.script.length)],
          ["runtime", runtime && `${runtime.cid}, ${formatSize(runtime.wasm.length)}`],
          [
            "answers with",
            manifest?.answer === "cgi"
              ? "status, headers and body, as it writes them"
              : manifest?.contentType,
          ],
          [
            "limits",
            `${limits.timeoutMs / 1000} s, ${limits.memoryMiB} MiB memory, ` +
              `${limits.inputMiB} MiB in, ${limits.outputMiB} MiB out`,
          ],
          ["a call costs", `at most ${formatCount(limits.fuel)} units of fuel`],
          ["environment", env.length === 0 ? "none" : env.join("\n")],
          ["starts with", `${memory.minPages * pageKiB} KiB of memory`],
          ["imports", imports.length === 0 ? "nothing" : imports.map(({ name }) => name).join(", ")],
          ["exports", exports.map(({ name }) => name).join(", ")],
          ["features", features.length === 0 ? "those of WebAssembly 1.0" : features.join(", ")],
          [
            "prepared",
            `in ${prepareMs} ms: ${formatSize(preparedBytes)}, ${formatCount(instructions)} machine instructions`,
          ],
        ],
        context.paint,
      ),
    };
  },
});

/** Looks into a module and prepares it. @throws MachineError for what no node would run */
function inspect(module: Uint8Array, runtime: Runtime | undefined) {
  const manifest = manifestOf(module);
  const { limits } = manifest ?? parseManifest({ name: "unnamed" });
  const wasm = runtime?.wasm ?? module;
  const { imports, exports, memory } = inspectModule(wasm, { memoryMiB: limits.memoryMiB });
  const script = runtime && readScriptModule(module)?.script;
  const startedMs = performance.now();
  const maxPages = limits.memoryMiB * PAGES_PER_MIB;
  const prepared = prepare(wasm, { maxPages, ...(script && { script }) });
  const prepareMs = Math.round(performance.now() - startedMs);
  const { features, commitment, program } = prepared;
  return {
    ...{ manifest, script, limits, imports, exports, memory, features, commitment, prepareMs },
    preparedBytes: prepared.module.length,
    instructions: Math.ceil(program.code.length / instructionBytes),
  };
}

/** Whether a module is meant to be a script; one without settings is none. */
function isScript(module: Uint8Array): boolean {
  return manifestOf(module) !== undefined && readScriptModule(module) !== undefined;
}

function manifestOf(module: Uint8Array) {
  try {
    return readManifest(module);
  } catch (error) {
    if (error instanceof MachineError && error.code === "no-manifest") return undefined;
    throw error;
  }
}
