import { inspectModule } from "@millrace/machine";
import { moduleCid } from "@millrace/sdk";
import { defineCommand, optionalArgument } from "../../command.ts";
import { formatCount, formatSize } from "../../format.ts";
import { readBuilt } from "../../function/project.ts";
import { formatFields } from "../../output.ts";
import { text } from "../../parse.ts";

const pageKiB = 64;

export const functionInspect = defineCommand({
  name: "function inspect",
  summary: "Show what is in a built module: CID, settings, imports, memory",
  needs: "nothing",
  args: { target: optionalArgument("target", "the function's folder or a built module", text, "here") },
  options: {},
  examples: ["millrace function inspect", "millrace function inspect build/hello.wasm --json"],
  handler: async (context, { args }) => {
    const { file, module, manifest } = await readBuilt(context.path(args.target ?? "."));
    const { imports, exports, memory } = inspectModule(module);
    const cid = await moduleCid(module);
    const { limits } = manifest;
    const env = Object.entries(manifest.env).map(([key, value]) => `${key}=${value}`);
    return {
      data: { file, cid, sizeBytes: module.length, manifest, imports, exports, memory },
      text: formatFields(
        [
          ["name", manifest.name],
          ["CID", cid],
          ["size", formatSize(module.length)],
          ["answers with", manifest.contentType],
          [
            "limits",
            `${limits.timeoutMs / 1000} s, ${limits.memoryMiB} MiB memory, ` +
              `${limits.inputMiB} MiB in, ${limits.outputMiB} MiB out, ${formatCount(limits.fuel)} units of fuel`,
          ],
          ["environment", env.length === 0 ? "none" : env.join("\n")],
          ["starts with", `${memory.minPages * pageKiB} KiB of memory`],
          ["imports", imports.length === 0 ? "nothing" : imports.map(({ name }) => name).join(", ")],
          ["exports", exports.map(({ name }) => name).join(", ")],
        ],
        context.paint,
      ),
    };
  },
});
