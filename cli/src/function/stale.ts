import { readdir, stat } from "node:fs/promises";
import { join, relative } from "node:path";
import { isFolder, manifestFile, readProject } from "./project.ts";

/** What a build makes or takes from elsewhere, and what is no part of the module. */
const notSources = new Set(["build", "node_modules", "target", "test", "README.md"]);

/** A fresh clone writes sources and modules at nearly the same time, in any order. */
const toleratedMs = 5_000;

/**
 * Finds a source of a function that was changed after it was built.
 * @param target what the person named: only a function's folder has sources
 * @returns the path of the source from the folder; undefined if the built module is the newest
 */
export async function findNewerSource(target: string): Promise<string | undefined> {
  if (!(await isFolder(target))) return undefined;
  const { output, manifest } = await readProject(target);
  const builtMs = (await stat(output)).mtimeMs;
  // Without a command that compiles, only the settings are put into the module here.
  const sources = manifest.build === undefined ? [join(target, manifestFile)] : await listSources(target);
  for (const file of sources)
    if ((await stat(file)).mtimeMs > builtMs + toleratedMs) return relative(target, file);
  return undefined;
}

async function listSources(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const kept = entries.filter(({ name }) => !notSources.has(name) && !name.startsWith("."));
  const found = await Promise.all(
    kept.map(async (entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return listSources(path);
      return entry.isFile() ? [path] : [];
    }),
  );
  return found.flat();
}
