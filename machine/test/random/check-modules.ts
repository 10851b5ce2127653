import fc from "fast-check";
import { openPaths } from "../paths/open.ts";
import { compareModule } from "./compare.ts";
import { generateModule } from "./generate-module.ts";

/** How many random modules, and of which seed. */
export interface ModulesToCheck {
  seed: number;
  count: number;
}

/** How many calls ended with which status. */
export type ModulesChecked = Map<number, number>;

/**
 * Compares random modules in every way they can run.
 * @throws an error with the smallest module that does not agree
 */
export async function checkModules({ seed, count }: ModulesToCheck): Promise<ModulesChecked> {
  const paths = await openPaths();
  const ends: ModulesChecked = new Map();
  const property = fc.property(
    fc.uint8Array({ minLength: 50, maxLength: 4_000, size: "max" }),
    fc.constantFrom(20n, 300n, 100_000n),
    (bytes, fuel) => {
      const { text, canonicalText } = generateModule(bytes);
      try {
        const counts = compareModule(paths, {
          wasm: paths.assemble(text),
          fuel,
          seed: String(bytes.length),
          witness: ({ program }) => paths.plain(paths.assemble(canonicalText), program.exports),
        });
        for (const [status, calls] of counts) ends.set(status, (ends.get(status) ?? 0) + calls);
      } catch (cause) {
        throw new Error(`${(cause as Error).message} with ${fuel} units: ${text}`, { cause });
      }
    },
  );
  fc.assert(property, { seed, numRuns: count });
  return ends;
}
