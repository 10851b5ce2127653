import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { buildScriptModule, embedManifest, inspectModule } from "@millrace/machine";
import { moduleCid, type Api } from "@millrace/sdk";
import { failure } from "../errors.ts";
import { readInput, writeFileWhole } from "../files.ts";
import { checkScript } from "./checkScript.ts";
import type { BuiltModule, Project } from "./project.ts";
import { chooseRuntime, shippedName } from "./runtime.ts";

/** How a shell ends when it finds no such command; build scripts of ours too, when they find no compiler. */
const toolMissing = 127;

/** What a build gives. */
export interface BuildResult extends BuiltModule {
  readonly cid: string;
  /** What the build command printed. */
  readonly log: string;
}

/**
 * Runs the build command, puts the settings into the module and checks that it may run on a node and, where the runtime can, that the
 * script compiles.
 * @param compile false: takes the module that is there, for example one that came ready-made
 * @param api where a runtime may be stored that a script names by its CID
 * @throws MillraceError `build-failed` with the compiler's words, `compiler-missing`, `runtime-missing`, or MachineError for a module no node would run
 */
export async function buildProject(
  project: Project,
  { compile = true, api }: { compile?: boolean; api?: (() => Promise<Api>) | undefined } = {},
): Promise<BuildResult> {
  const { folder, manifest, compiled, output } = project;
  const what = manifest.script === undefined ? "module" : "script";
  const log = compile && manifest.build !== undefined ? await runBuild(manifest.build, folder) : "";
  if (!existsSync(compiled))
    throw failure("build-failed", `There is no ${what} at ${compiled}.`, {
      details: log === "" ? undefined : log,
      nextStep:
        manifest.build === undefined
          ? 'Add the command that makes it as "build" to millrace.json.'
          : `Check "build" and "${what}" in millrace.json: the command must write that file.`,
    });
  const bytes = await readInput(compiled, `The ${what}`);
  const { module, runtime } = await assemble(bytes, project, api);
  await checkScript({ module, manifest, runtime });
  await writeFileWhole(output, module);
  return { file: output, module, manifest, cid: await moduleCid(module), log, runtime };
}

/** Puts the settings into what was built, and checks that a node can run it. */
async function assemble(
  bytes: Uint8Array,
  { manifest, folder, output }: Project,
  api: (() => Promise<Api>) | undefined,
): Promise<Pick<BuiltModule, "module" | "runtime">> {
  if (manifest.runtime === undefined) {
    const module = embedManifest(bytes, manifest);
    inspectModule(module);
    return { module };
  }
  const runtime = await chooseRuntime(manifest.runtime, folder, api);
  inspectModule(runtime.wasm, { memoryMiB: manifest.limits.memoryMiB });
  // Beside the module, where it is found by its CID.
  if ((await shippedName(runtime)) === undefined)
    await writeFileWhole(join(dirname(output), `${runtime.cid}.wasm`), runtime.wasm);
  return { module: buildScriptModule(bytes, { ...manifest, runtime: runtime.cid }), runtime };
}

async function runBuild(command: string, folder: string): Promise<string> {
  const child = spawn(command, {
    cwd: folder,
    shell: true,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, PATH: toolPath(folder), NO_COLOR: "1" },
  });
  let log = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => (log += text));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
  const said = log.trim();
  if (code === toolMissing)
    throw failure("compiler-missing", `The build command needs what is not installed here: ${command}`, {
      details: said === "" ? undefined : said,
      nextStep: "Install what is named above and run again: millrace function build",
    });
  if (code !== 0)
    throw failure("build-failed", `The build command failed: ${command}`, {
      details: said === "" ? `It ended with ${code === null ? "a signal" : `exit code ${code}`}.` : said,
      nextStep: "Correct what the compiler names and build again.",
    });
  return said;
}

/** Compilers of the function's folder first, then those that come with Millrace, then the person's own. */
function toolPath(folder: string): string {
  const folders = [folder, dirname(fileURLToPath(import.meta.url))].flatMap((start) => {
    const found: string[] = [];
    for (let at = start; ; at = dirname(at)) {
      const tools = join(at, "node_modules", ".bin");
      if (existsSync(tools)) found.push(tools);
      if (at === dirname(at)) return found;
    }
  });
  return [...new Set(folders), dirname(process.execPath), process.env["PATH"] ?? ""].join(delimiter);
}

/** A path as the person would type it from where they are. */
export function shortPath(path: string, cwd: string): string {
  const short = relative(cwd, path);
  return short === "" ? "." : short.startsWith("..") ? path : short;
}
