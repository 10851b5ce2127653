import { existsSync } from "node:fs";
import { chmod, cp, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { argument, defineCommand, option } from "../../command.ts";
import { failure, UsageError } from "../../errors.ts";
import { readJson, writeFileWhole } from "../../files.ts";
import { shortPath } from "../../function/build.ts";
import { manifestFile } from "../../function/project.ts";
import { formatFields } from "../../output.ts";
import { plainName, text } from "../../parse.ts";

/** The example that is built and run in CI, so what people start from always works. */
const template = fileURLToPath(new URL("../../../../examples/hello-assemblyscript", import.meta.url));
const leftOut = new Set(["build", "node_modules"]);

export const functionInit = defineCommand({
  name: "function init",
  summary: "Start a new function in AssemblyScript",
  needs: "nothing",
  args: { folder: argument("folder", "a new folder", text) },
  options: { name: option("--name <name>", "the function's name", plainName, "the folder's name") },
  examples: ["millrace function init hello"],
  handler: async (context, { args, options }) => {
    const folder = context.path(args.folder);
    const name = options.name ?? nameOf(folder);
    if (existsSync(folder) && (await readdir(folder)).length > 0)
      throw failure("folder-not-empty", `${folder} is not empty.`, { nextStep: "Choose a new folder." });
    await copyTemplate(folder, name);
    const files = (await readdir(folder, { recursive: true, withFileTypes: true }))
      .filter((entry) => entry.isFile())
      .map((entry) => shortPath(join(entry.parentPath, entry.name), folder))
      .sort();
    const typed = shortPath(folder, context.cwd);
    return {
      data: { name, folder, files },
      text: formatFields(
        [
          ["function", name],
          ["files", files.map((file) => join(typed, file)).join("\n")],
          ["next", `millrace function build ${typed}`],
        ],
        context.paint,
      ),
    };
  },
});

function nameOf(folder: string): string {
  try {
    return plainName(basename(folder));
  } catch (cause) {
    throw new UsageError(`"${basename(folder)}" cannot be a function's name; give one with --name.`, {
      cause,
    });
  }
}

/** Everything is made beside the folder and moved in at once: it is there whole or not at all. */
async function copyTemplate(folder: string, name: string): Promise<void> {
  const parent = dirname(folder);
  if (!existsSync(parent))
    throw failure("folder-missing", `${parent} does not exist.`, { nextStep: `mkdir -p ${parent}` });
  const draft = await mkdtemp(join(parent, ".millrace-init-"));
  try {
    await cp(template, draft, {
      recursive: true,
      filter: (source) => source === template || !leftOut.has(basename(source)),
    });
    const file = join(draft, manifestFile);
    const manifest = (await readJson(file, "The template's settings")) as object;
    await writeFileWhole(file, `${JSON.stringify({ ...manifest, name }, undefined, 2)}\n`);
    await chmod(draft, 0o755);
    await rm(folder, { recursive: true, force: true });
    await rename(draft, folder);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}
