/** Reads an archive of the official test suite: what wast2json made of it (`*.json` with the modules beside them), as .tar.gz. */
import { createReadStream } from "node:fs";
import { posix } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { buffer } from "node:stream/consumers";
import { extract } from "tar-stream";

/** A value as wast2json writes it: bits as decimal text, or `nan:canonical`, `nan:arithmetic`. */
export interface SuiteValue {
  type: string;
  value?: string | string[];
  /** with the type `either`: any of them */
  values?: SuiteValue[];
}

/** What an assertion does. */
export interface SuiteAction {
  type: string;
  /** the module's name; the latest one if it is missing */
  module?: string;
  field: string;
  args?: SuiteValue[];
}

/** One line of a file's list. */
export interface Command {
  type: string;
  line: number;
  name?: string;
  as?: string;
  filename?: string;
  module_type?: string;
  text?: string;
  action?: SuiteAction;
  expected?: SuiteValue[];
}

/** One `.wast` file of the suite. */
export interface SuiteFile {
  /** its path in the archive, without `.json` */
  name: string;
  commands: Command[];
  /** The bytes of a module that a command names. */
  module: (filename: string) => Uint8Array | undefined;
}

/**
 * All files of the archive, by name.
 * @throws an error that names the archive if it cannot be read or holds no list of commands
 */
export async function readArchive(path: string): Promise<SuiteFile[]> {
  const contents = new Map<string, Buffer>();
  const tar = extract();
  const reading = (async () => {
    for await (const entry of tar) {
      if (entry.header.type === "file") contents.set(posix.normalize(entry.header.name), await buffer(entry));
      else entry.resume();
    }
  })();
  try {
    await Promise.all([pipeline(createReadStream(path), createGunzip(), tar), reading]);
  } catch (cause) {
    throw new Error(`${path} is no .tar.gz that can be read: ${(cause as Error).message}`, { cause });
  }
  const lists = [...contents].filter(([name]) => name.endsWith(".json")).sort();
  const files = lists.flatMap(([name, content]) => {
    const parsed = JSON.parse(content.toString()) as { commands?: Command[] };
    if (!Array.isArray(parsed.commands)) return [];
    const folder = posix.dirname(name);
    return {
      name: name.replace(/\.json$/, ""),
      commands: parsed.commands,
      module: (filename: string) => contents.get(posix.join(folder, filename)),
    };
  });
  if (files.length === 0) throw new Error(`${path} holds no list of commands that wast2json wrote (*.json).`);
  return files;
}
