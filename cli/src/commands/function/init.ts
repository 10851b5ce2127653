import { existsSync } from "node:fs";
import { chmod, cp, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { InvalidArgumentError } from "commander";
import { argument, defineCommand, option, optionOr } from "../../command.ts";
import { failure, UsageError } from "../../errors.ts";
import { readJson, writeFileWhole } from "../../files.ts";
import { shortPath } from "../../function/build.ts";
import { isFolder, manifestFile } from "../../function/project.ts";
import { formatFields } from "../../output.ts";
import { plainName, text } from "../../parse.ts";

/** Folders of this repository that are built and run in CI, so what people start from always works. */
const starters = {
  as: "examples/hello-assemblyscript",
  ts: "starters/ts",
  js: "starters/js",
  python: "starters/python",
  rust: "examples/hello-rust",
  cpp: "examples/hello-cpp",
} as const;
type Language = keyof typeof starters;
const leftOut = new Set(["build", "node_modules"]);

export const functionInit = defineCommand({
  name: "function init",
  summary: "Start a new function in TypeScript, JavaScript, Python, AssemblyScript, Rust or C++",
  details:
    "TypeScript, JavaScript and Python run as scripts on a runtime that comes with Millrace. They and AssemblyScript need " +
    "nothing but Millrace. Rust needs a compiler with the target wasm32-wasip1, C++ a clang with " +
    "WASI's libraries; where they are missing, millrace function build says what to install.",
  needs: "nothing",
  args: { folder: argument("folder", "a new folder", text) },
  options: {
    lang: optionOr("--lang <language>", "as (AssemblyScript), ts, js, python, rust or cpp", language, "as"),
    name: option("--name <name>", "the function's name", plainName, "the folder's name"),
  },
  examples: ["millrace function init hello", "millrace function init hello --lang rust"],
  handler: async (context, { args, options }) => {
    const folder = context.path(args.folder);
    const name = options.name ?? nameOf(folder);
    await requireEmpty(folder);
    await copyStarter(folder, { language: options.lang, name });
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
          ["next", `millrace function build ${typed} && millrace function test ${typed}`],
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

function language(value: string): Language {
  const known = (Object.keys(starters) as Language[]).filter((each) => existsSync(starterFolder(each)));
  const found = known.find((each) => each === value.toLowerCase());
  if (found === undefined) throw new InvalidArgumentError(`Choose one of ${known.join(", ")}.`);
  return found;
}

function starterFolder(chosen: Language): string {
  return fileURLToPath(new URL(`../../../../${starters[chosen]}`, import.meta.url));
}

async function requireEmpty(folder: string): Promise<void> {
  if (!existsSync(folder)) return;
  if (!(await isFolder(folder)))
    throw failure("folder-not-empty", `${folder} is a file.`, { nextStep: "Choose a new folder." });
  if ((await readdir(folder)).length > 0)
    throw failure("folder-not-empty", `${folder} is not empty.`, { nextStep: "Choose a new folder." });
}

/**
 * Everything is made beside the folder and moved in at once: it is there whole or not at all. An empty folder stays the
 * same one, since a shell may stand in it; there the settings come last, without which it holds no function.
 */
async function copyStarter(
  folder: string,
  { language: chosen, name }: { language: Language; name: string },
): Promise<void> {
  const parent = dirname(folder);
  if (!existsSync(parent))
    throw failure("folder-missing", `${parent} does not exist.`, { nextStep: `mkdir -p ${parent}` });
  const starter = starterFolder(chosen);
  const draft = await mkdtemp(join(parent, ".millrace-init-"));
  try {
    await cp(starter, draft, {
      recursive: true,
      filter: (source) => source === starter || !leftOut.has(basename(source)),
    });
    const file = join(draft, manifestFile);
    const manifest = (await readJson(file, "The starter's settings")) as object;
    await writeFileWhole(file, `${JSON.stringify({ ...manifest, name }, undefined, 2)}\n`);
    await chmod(draft, 0o755);
    if (!existsSync(folder)) {
      await rename(draft, folder);
      return;
    }
    const entries = (await readdir(draft)).filter((name) => name !== manifestFile);
    for (const name of [...entries, manifestFile]) await rename(join(draft, name), join(folder, name));
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}
