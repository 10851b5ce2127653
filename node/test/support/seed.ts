import fc from "fast-check";

/** Gives property tests the run's seed; fast-check prints it with a failing case. */
export function useRunSeed(): void {
  const seed = process.env["MILLRACE_SEED"];
  const numRuns = process.env["MILLRACE_LONG"] === "1" ? 2_000 : 200;
  fc.configureGlobal({ numRuns, ...(seed === undefined ? {} : { seed: Number(seed) }) });
}
