import {
  inspectModule,
  MachineError,
  PAGES_PER_MIB,
  parseManifest,
  prepare,
  readManifest,
} from "@millrace/machine";
import { moduleCid } from "@millrace/sdk";
import { defineCommand, optionalArgument } from "../../command.ts";
import { formatCount, formatSize } from "../../format.ts";
import { readModule } from "../../function/project.ts";
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
    const found = inspect(module);
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
        ...{ functionCommitment: commitment, prepareMs, preparedBytes, instructions },
        mostFuelPerCall: limits.fuel,
      },
      text: formatFields(
        [
          ["name", manifest?.name ?? "none: it has no settings yet, see millrace function build"],
          ["CID", cid],
          ["commitment", commitment],
          ["size", formatSize(module.length)],
          ["answers with", manifest?.contentType],
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
function inspect(module: Uint8Array) {
  const { imports, exports, memory } = inspectModule(module);
  const manifest = manifestOf(module);
  const { limits } = manifest ?? parseManifest({ name: "unnamed" });
  const startedMs = performance.now();
  const prepared = prepare(module, { maxPages: limits.memoryMiB * PAGES_PER_MIB });
  const prepareMs = Math.round(performance.now() - startedMs);
  const { features, commitment, program } = prepared;
  return {
    ...{ manifest, limits, imports, exports, memory, features, commitment, prepareMs },
    preparedBytes: prepared.module.length,
    instructions: Math.ceil(program.code.length / instructionBytes),
  };
}

function manifestOf(module: Uint8Array) {
  try {
    return readManifest(module);
  } catch (error) {
    if (error instanceof MachineError && error.code === "no-manifest") return undefined;
    throw error;
  }
}
