import { defineCommand, optionalArgument } from "../../command.ts";
import { formatSize } from "../../format.ts";
import { buildProject, shortPath, type BuildResult } from "../../function/build.ts";
import { readProject } from "../../function/project.ts";
import { formatFields } from "../../output.ts";
import { text } from "../../parse.ts";

export const functionBuild = defineCommand({
  name: "function build",
  summary: "Compile the function and put its settings into the module",
  details:
    'Runs the command under "build" in millrace.json and writes build/<name>.wasm, whose CID names code and settings. ' +
    'With "script" (the path of the built script) and "runtime" (one that comes with Millrace, or the path or the CID of ' +
    "a runtime's module) it holds the script and names the runtime.",
  needs: "nothing",
  args: { folder: optionalArgument("folder", "the function's folder", text, "here") },
  options: {},
  examples: ["millrace function build", "millrace function build ./hello"],
  handler: async (context, { args }) => {
    const project = await readProject(context.path(args.folder ?? "."));
    const built: BuildResult[] = [];
    await context.progress([
      {
        title: `Compile ${project.manifest.name}`,
        run: async () => {
          const result = await buildProject(project, { api: context.api });
          built.push(result);
          return `Compiled ${project.manifest.name}`;
        },
      },
    ]);
    const [result] = built;
    if (result === undefined) throw new Error("The build step gave nothing.");
    const { file, module, manifest, cid, log, runtime } = result;
    return {
      data: { name: manifest.name, file, cid, sizeBytes: module.length, runtime: runtime?.cid ?? null, log },
      text: formatFields(
        [
          ["module", shortPath(file, context.cwd)],
          ["size", formatSize(module.length)],
          ["CID", cid],
          [
            "runtime",
            runtime && `${manifest.runtime ?? ""} ${formatSize(runtime.wasm.length)}, ${runtime.cid}`,
          ],
          ["next", `millrace function test${args.folder === undefined ? "" : ` ${args.folder}`}`],
        ],
        context.paint,
      ),
    };
  },
});
