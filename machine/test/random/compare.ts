/** Runs a random module in every way and says what does not agree. */
import { createHash } from "node:crypto";
import { difference } from "../paths/instance.ts";
import type { Outcome } from "../paths/instance.ts";
import type { Paths } from "../paths/open.ts";
import { canonical, EDGES } from "../paths/operations.ts";
import type { PlainInstance } from "../paths/plain.ts";
import { TYPES } from "../paths/types.ts";
import type { TypeName } from "../paths/types.ts";
import type { Library, Prepared } from "../../src/prepare.ts";

const RETURNED = 1;
const STACK_EXHAUSTED = 9;
const OUT_OF_FUEL = 10;

/** What is compared. */
export interface CompareParameters {
  wasm: Uint8Array;
  library?: Library;
  /** the limit of each call, in units */
  fuel: bigint;
  /** picks the arguments */
  seed: string;
  /** the module as V8 alone shall run it; only where its results have one right value */
  witness?: (prepared: Prepared) => PlainInstance;
}

const NAMES = new Map<number, TypeName>(
  Object.entries(TYPES).map(([name, type]) => [type, name as TypeName]),
);

/**
 * Calls every exported function of the module, each twice, with arguments from the edge values.
 * @returns how the calls ended: how many of each status
 * @throws an error that names the first difference
 */
export function compareModule(paths: Paths, parameters: CompareParameters): Map<number, number> {
  const { wasm, library, fuel, seed } = parameters;
  const prepared = paths.prepare(wasm, library);
  const native = paths.native(prepared, { fuel });
  const replay = paths.interpreter(prepared, { fuel });
  const counts = new Map<number, number>();

  function check(
    what: string,
    nativeOutcome: Outcome | undefined,
    replayOutcome: Outcome | undefined,
  ): Outcome {
    if (nativeOutcome === undefined || replayOutcome === undefined) throw new Error(`${what}: not exported`);
    const differs = difference(nativeOutcome, replayOutcome);
    if (differs !== undefined) throw new Error(`${what} ${differs}`);
    counts.set(nativeOutcome.status, (counts.get(nativeOutcome.status) ?? 0) + 1);
    return nativeOutcome;
  }

  const started = check("start", native.start(), replay.start());
  // V8 alone makes no instance of a module whose start function traps or never ends.
  let witness = started.status === RETURNED ? parameters.witness?.(prepared) : undefined;
  for (let round = 0; round < 2; round += 1) {
    for (const [name, { params, results }] of prepared.program.exports) {
      const args = params.map((type, place) => argument(type, `${seed} ${name} ${round} ${place}`));
      const what = `${name}(${args.join(", ")}) in round ${round}`;
      const outcome = check(what, native.invoke(name, args), replay.invoke(name, args));
      // Where a limit ends ours, V8 alone goes on: nothing after that can be compared with it.
      if (outcome.status === STACK_EXHAUSTED || outcome.status === OUT_OF_FUEL) witness = undefined;
      const own = witness?.invoke(name, args);
      if (own?.status === STACK_EXHAUSTED) witness = undefined;
      else if (own !== undefined) {
        const bits = own.results.map((value, at) => canonical(NAMES.get(results[at] ?? 0) ?? "i32", value));
        const ours = outcome.results.map((value, at) =>
          canonical(NAMES.get(results[at] ?? 0) ?? "i32", value),
        );
        if (own.status !== outcome.status || String(bits) !== String(ours))
          throw new Error(
            `${what} gave status ${own.status} and ${String(bits)} in V8 alone, ${outcome.status} and ${String(ours)} here`,
          );
      }
    }
  }
  const memories = [native.memory(), replay.memory(), witness?.memory()].filter(
    (memory) => memory !== undefined,
  );
  if (new Set(memories.map(digest)).size > 1) throw new Error("the memories differ at the end");
  for (const name of prepared.program.exportedGlobals.keys()) {
    const [a, b] = [native.get(name), replay.get(name)].map((bits) =>
      canonical(NAMES.get(prepared.program.exportedGlobals.get(name)?.type ?? 0) ?? "i32", bits ?? 0n),
    );
    if (a !== b) throw new Error(`the global ${name} is ${a ?? ""} natively, ${b ?? ""} in the interpreter`);
  }
  return counts;
}

function argument(type: number, seed: string): bigint {
  const edges = EDGES[NAMES.get(type) ?? "i32"];
  return edges[createHash("sha256").update(seed).digest().readUInt32LE() % edges.length] ?? 0n;
}

function digest(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
