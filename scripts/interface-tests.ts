/**
 * Proves that the Solidity tests know every error and every event that an interface of the contracts declares, and, for
 * each function, that a test of that function expects what its documentation names ("Reverts: …", "Events: …"): in its
 * own file (test/<domain>/<function>.t.sol), in a base that file imports, or in a file of the same folder that is about
 * a whole topic (its name is no function's). Exit code 1 and one line for each gap.
 */
import { glob, readFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

const root = join(import.meta.dirname, "..");

interface Source {
  path: string;
  text: string;
}

interface Documented {
  /** the interface's file */
  path: string;
  function: string;
  /** the error and event names its documentation mentions */
  names: string[];
}

async function readSources(pattern: string): Promise<Source[]> {
  const sources: Source[] = [];
  for await (const path of glob(pattern, { cwd: root }))
    sources.push({ path, text: await readFile(join(root, path), "utf8") });
  return sources.sort((a, b) => a.path.localeCompare(b.path));
}

/** Names after `keyword` in a source: the errors or events it declares. */
function declared(source: Source, keyword: "error" | "event"): string[] {
  return [...source.text.matchAll(new RegExp(`^ {4}${keyword} (\\w+)`, "gm"))].map((match) => match[1] ?? "");
}

/** What each function of an interface says of itself in the comment above it. */
function documented(source: Source, known: ReadonlySet<string>): Documented[] {
  const functions = source.text.matchAll(/((?:^ {4}\/\/\/.*\n)+) {4}function (\w+)/gm);
  return [...functions].map(([, comment = "", name = ""]) => ({
    path: source.path,
    function: name,
    names: [...new Set([...comment.matchAll(/\w+/g)].map(([word]) => word))].filter((word) =>
      known.has(word),
    ),
  }));
}

/** Whether a test expects it: an error by its selector (or a bare type), an event by emitting it. */
function expects(text: string, name: string): boolean {
  return new RegExp(`\\b${name}\\.selector\\b|\\bemit \\w*\\.?${name}\\(`).test(text);
}

/** A test file with everything it imports from the tests, directly or not. */
function withImports(file: Source, byName: ReadonlyMap<string, Source>, seen = new Set<string>()): string {
  if (seen.has(file.path)) return "";
  seen.add(file.path);
  const imported = [...file.text.matchAll(/from "[^"]*\/(\w+(?:\.t)?\.sol)"/g)]
    .map(([, name = ""]) => byName.get(name))
    .filter((source) => source !== undefined);
  return [file.text, ...imported.map((source) => withImports(source, byName, seen))].join("\n");
}

const interfaces = await readSources("contracts/**/I[A-Z]*.sol");
const tests = await readSources("test/**/*.sol");
const names = new Set(
  interfaces.flatMap((source) => [...declared(source, "error"), ...declared(source, "event")]),
);
const byName = new Map(tests.map((source) => [basename(source.path), source]));
const functions = interfaces.flatMap((source) => documented(source, names));
const functionNames = new Set(functions.map((entry) => entry.function));
const all = tests.map((source) => source.text).join("\n");

const gaps = [...names]
  .filter((name) => !expects(all, name))
  .map((name) => `No Solidity test expects ${name}.`);
for (const entry of functions) {
  const own = tests.filter((source) => basename(source.path) === `${entry.function}.t.sol`);
  const folders = new Set(own.map((source) => dirname(source.path)));
  // Before there is a file of its own a gap would only repeat that.
  if (own.length === 0) continue;
  const topics = tests.filter(
    (source) =>
      folders.has(dirname(source.path)) && !functionNames.has(basename(source.path).replace(".t.sol", "")),
  );
  const text = [...own, ...topics].map((source) => withImports(source, byName)).join("\n");
  for (const name of entry.names)
    if (!expects(text, name))
      gaps.push(`${entry.function} (${entry.path}) names ${name}, which no test of it expects.`);
}

for (const gap of gaps) console.error(gap);
console.log(
  `${names.size} errors and events, ${functions.length} functions: ${gaps.length === 0 ? "all expected by tests" : `${gaps.length} gaps`}`,
);
process.exitCode = gaps.length === 0 ? 0 : 1;
