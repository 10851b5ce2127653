/**
 * Builds build/javascript.wasm: QuickJS and the engine by Debian's clang, the prelude by esbuild, then one run of `init` whose
 * memory becomes the module's data. `--check` changes nothing and fails where the committed module is another.
 */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { bundlePrelude } from "./bundle-prelude.ts";
import { takeSnapshot } from "./snapshot.ts";
import { fetchSources } from "./sources.ts";

const runtime = join(import.meta.dirname, "..");
const cache = join(runtime, "../../.millrace/runtimes/javascript");
const target = join(runtime, "build/javascript.wasm");

/**
 * Nested calls of a script end in a RangeError at this much of the stack in memory. Of the machine's 2^17 slots, twice of it still leaves some in
 * every recursion that runs a script's functions (test/stack.test.ts); the parser's own may end in the sandbox's `stack`.
 */
const SCRIPT_STACK_BYTES = 384 * 1024;
/** Room below for what QuickJS does without looking at that. */
const STACK_BYTES = 1_536 * 1024;
const QUICKJS_FILES = ["quickjs", "libregexp", "libunicode", "dtoa"];
const ENGINE_FILES = ["main", "io", "text", "digest", "natives", "clean_heap"];
const COMPILER = "Debian clang version 14.0.6";
const FEATURES = ["sign-ext", "nontrapping-fptoint", "bulk-memory", "mutable-globals"];
const OPTIMIZER_FEATURES = ["sign-ext", "nontrapping-float-to-int", "bulk-memory", "mutable-globals"];

async function compile(quickjs: string): Promise<Uint8Array<ArrayBuffer>> {
  const flags = [
    ...[
      "--target=wasm32-wasi",
      "-Os",
      "-D_GNU_SOURCE",
      "-DNDEBUG",
      `-I${quickjs}`,
      `-I${join(runtime, "engine")}`,
    ],
    ...[`-DSCRIPT_STACK_BYTES=${SCRIPT_STACK_BYTES}`, ...FEATURES.map((feature) => `-m${feature}`)],
  ];
  const compileFile = async (file: string, warnings: string[]): Promise<string> => {
    const object = join(cache, `${file.split("/").at(-1) ?? ""}.o`);
    await execa("clang", [...flags, ...warnings, "-c", `${file}.c`, "-o", object], { stderr: "inherit" });
    return object;
  };
  const objects: string[] = [];
  for (const file of QUICKJS_FILES) objects.push(await compileFile(join(quickjs, file), ["-w"]));
  for (const file of ENGINE_FILES)
    objects.push(
      await compileFile(join(runtime, "engine", file), [
        "-Wall",
        "-Wextra",
        "-Wno-unused-parameter",
        "-Werror",
      ]),
    );
  const linked = join(cache, "linked.wasm");
  const linkerFlags = [
    ...["--no-entry", "--gc-sections", "--strip-all", "--stack-first", "--export=__stack_pointer"],
    ...["--wrap=free", "--wrap=realloc"],
  ];
  await execa(
    "clang",
    [
      ...["--target=wasm32-wasi", "-nostartfiles", ...objects, "-o", linked],
      ...[...linkerFlags, "-z", `stack-size=${STACK_BYTES}`].map((flag) => `-Wl,${flag}`),
    ],
    { stderr: "inherit" },
  );
  return new Uint8Array(await readFile(linked));
}

async function optimize(wasm: Uint8Array): Promise<Uint8Array> {
  const [from, to] = [join(cache, "snapshot.wasm"), join(cache, "optimized.wasm")];
  await writeFile(from, wasm);
  const features = OPTIMIZER_FEATURES.map((feature) => `--enable-${feature}`);
  await execa("wasm-opt", ["--mvp-features", ...features, "-O3", from, "-o", to], {
    ...{ preferLocal: true, localDir: runtime, stderr: "inherit" },
  });
  return await readFile(to);
}

const { stdout } = await execa("clang", ["--version"], { reject: false });
const version: string = stdout ?? "";
if (!version.startsWith(COMPILER)) {
  console.error(
    `The module is built with ${COMPILER}; here is ${version.split("\n")[0] || "no clang"}. On Debian 12:\n` +
      "  apt-get install clang lld wasi-libc libclang-rt-14-dev-wasm32",
  );
  process.exit(127);
}
await mkdir(cache, { recursive: true });
const sources = await fetchSources(cache);
const prelude = await bundlePrelude(sources.packages);
const module = await optimize(takeSnapshot(await compile(sources.quickjs), prelude));
const present = await readFile(target).catch(() => undefined);
if (present?.equals(module) === true) console.log("build/javascript.wasm is up to date.");
else if (process.argv.includes("--check")) {
  console.error(
    "build/javascript.wasm is not what its source builds to. Run: node runtimes/javascript/scripts/build.ts",
  );
  process.exitCode = 1;
} else {
  await mkdir(join(runtime, "build"), { recursive: true });
  await writeFile(target, module);
  console.log(`build/javascript.wasm: ${module.length} bytes`);
}
