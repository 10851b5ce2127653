import fc from "fast-check";

const given = process.env["MILLRACE_SEED"];
const seed = given === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(given);

/** The number of random cases: ten times as many in a long run. */
export function runs(count: number): number {
  return process.env["MILLRACE_LONG"] === "1" ? count * 10 : count;
}

// The seed of this run; setting MILLRACE_SEED to it repeats the run.
if (given === undefined) console.log(`MILLRACE_SEED=${seed}`);
fc.configureGlobal({ seed, numRuns: runs(100) });
