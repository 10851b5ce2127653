import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { prepare } from "@millrace/machine/prepare";
import { PAGES_PER_MIB, readScriptModule } from "@millrace/machine";
import { encodeCall } from "@millrace/sandbox";
import { buildProject } from "../../cli/src/function/build.ts";
import { readProject } from "../../cli/src/function/project.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

interface Starter {
  language: string;
  folder: string;
  /** Whether it is built; what needs a compiler that may be missing is taken as it is committed. */
  compile: boolean;
}

/** What each language's functions start from. */
export const starters: readonly Starter[] = [
  { language: "as", folder: "examples/hello-assemblyscript", compile: false },
  { language: "rust", folder: "examples/hello-rust", compile: false },
  { language: "cpp", folder: "examples/hello-cpp", compile: false },
  { language: "ts", folder: "starters/ts", compile: true },
  { language: "js", folder: "starters/js", compile: true },
  { language: "python", folder: "starters/python", compile: true },
];

/** A starter as the machine runs it, with a call that it answers by "Hello, Zoë!". */
export async function prepareStarter({
  folder,
  compile,
}: Starter): Promise<{ prepared: ReturnType<typeof prepare>; input: Uint8Array }> {
  const copy = mkdtempSync(join(tmpdir(), "millrace-starter-"));
  try {
    cpSync(join(root, folder), copy, { recursive: true });
    const { module, manifest, runtime } = await buildProject(await readProject(copy), { compile });
    const prepared = prepare(runtime?.wasm ?? module, {
      maxPages: manifest.limits.memoryMiB * PAGES_PER_MIB,
      ...(runtime && { script: readScriptModule(module)?.script ?? new Uint8Array(0) }),
    });
    const { input } = encodeCall(
      {
        ...{ requestId: "step", method: "POST", path: "/greet", query: "from=x", headers: {} },
        ...{ body: Buffer.from("Zoë"), acceptedAtMs: 1_700_000_000_000, seed: new Uint8Array(32).fill(9) },
      },
      manifest,
    );
    return { prepared, input };
  } finally {
    rmSync(copy, { recursive: true });
  }
}
