import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { execa } from "execa";
import { openPaths } from "../paths/open.ts";
import type { Paths } from "../paths/open.ts";
import { compareModule } from "./compare.ts";

const COUNT = process.env["MILLRACE_LONG"] === "1" ? 1_000 : 50;
const AT_A_TIME = 2;
const FUEL = 300_000n;
const FEATURES = [
  "--mvp-features",
  ...["sign-ext", "nontrapping-float-to-int", "multivalue", "mutable-globals"].map(
    (name) => `--enable-${name}`,
  ),
  ...["bulk-memory", "bulk-memory-opt"].map((name) => `--enable-${name}`),
];

/** The functions that such modules import; they do nothing. */
const SUPPORT: Record<string, string> = {
  "log-i32": "(param i32)",
  "log-i64": "(param i64)",
  "log-f32": "(param f32)",
  "log-f64": "(param f64)",
  "call-export": "(param i32 i32)",
  "call-export-catch": "(param i32) (result i32)",
  sleep: "(param i32 i32) (result i32)",
};

const base = Number(process.env["MILLRACE_SEED"] ?? Math.floor(Math.random() * 2 ** 31));

describe(`${COUNT} random modules of binaryen's fuzz translation, seeds ${base} to ${base + COUNT - 1}`, function () {
  this.timeout(3_600_000);
  let paths: Paths;
  let folder: string;
  before(async () => {
    paths = await openPaths();
    folder = await mkdtemp(join(tmpdir(), "millrace-fuzz-"));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  /** A module of up to 4 kB of choices; every second one without NaN, so that V8 alone must agree too. */
  async function generate(seed: number): Promise<{ wasm: Uint8Array; hasNaN: boolean }> {
    const outputLength = 200 + (seed % 20) * 200;
    const choices = createHash("shake256", { outputLength }).update(`seed ${seed}`).digest();
    const [input, output] = [join(folder, `${seed}.bin`), join(folder, `${seed}.wasm`)];
    await writeFile(input, choices);
    const hasNaN = seed % 2 === 0;
    const denan = hasNaN ? [] : ["--denan"];
    await execa("wasm-opt", ["-ttf", input, "-o", output, ...FEATURES, ...denan], { preferLocal: true });
    return { wasm: await readFile(output), hasNaN };
  }

  it("native = interpreter on results, traps, fuel and memory; V8 alone agrees", async () => {
    const functions = Object.entries(SUPPORT).map(
      ([name, type]) =>
        `(func (export "fuzzing-support.${name}") ${type} ${type.includes("result") ? "i32.const 0" : ""})`,
    );
    const library = { wasm: paths.assemble(`(module ${functions.join(" ")})`) };
    const imports = {
      "fuzzing-support": Object.fromEntries(Object.keys(SUPPORT).map((name) => [name, () => 0])),
    };
    const ends = new Map<number, number>();
    for (let first = base; first < base + COUNT; first += AT_A_TIME) {
      const seeds = Array.from(
        { length: Math.min(AT_A_TIME, base + COUNT - first) },
        (_, index) => first + index,
      );
      const modules = await Promise.all(seeds.map(async (seed) => ({ seed, ...(await generate(seed)) })));
      for (const { seed, wasm, hasNaN } of modules) {
        try {
          const counts = compareModule(paths, {
            ...{ wasm, library, fuel: FUEL, seed: String(seed) },
            ...(hasNaN ? {} : { witness: ({ program }) => paths.plain(wasm, program.exports, imports) }),
          });
          for (const [status, count] of counts) ends.set(status, (ends.get(status) ?? 0) + count);
        } catch (cause) {
          throw new Error(`the module of seed ${seed}: ${(cause as Error).message}`, { cause });
        }
      }
    }
    for (const status of [1, 2])
      expect(ends.get(status) ?? 0, `calls with status ${status}`).to.be.greaterThan(0);
  });
});
