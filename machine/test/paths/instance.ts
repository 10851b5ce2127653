/** The two ways a prepared module is run in tests, under one interface: natively in V8 and in the interpreter. */

/** How a call ended. */
export interface Outcome {
  /** docs/machine.md, with 1 also for a call that returned */
  status: number;
  /** bits; empty unless status is 1 */
  results: bigint[];
  /** units; the whole limit when it ran out */
  fuelUsed: bigint;
}

/** What an instance is made with. */
export interface InstanceParameters {
  /** the limit of each call, in units; a billion by default */
  fuel?: bigint;
  /** the input space, empty by default */
  input?: Uint8Array;
}

/** The limit of a call that should end by itself, in units. */
export const PLENTY = 1_000_000_000n;

/** A module with its state. */
export interface Instance {
  /** Runs from the entry: the start function, if there is one, and `_start`, if that is exported. */
  start: () => Outcome;
  /** Calls an exported function with bits; undefined if there is none of that name. */
  invoke: (name: string, args: readonly bigint[]) => Outcome | undefined;
  /** The bits of an exported global. */
  get: (name: string) => bigint | undefined;
  /** A copy of the linear memory. */
  memory: () => Uint8Array;
}

/** What the two outcomes of one call do not agree on; undefined if they agree. */
export function difference(native: Outcome, replay: Outcome): string | undefined {
  if (native.status !== replay.status)
    return `ended with status ${native.status} natively and ${replay.status} in the interpreter`;
  if (native.fuelUsed !== replay.fuelUsed)
    return `used ${native.fuelUsed} units of fuel natively and ${replay.fuelUsed} in the interpreter`;
  if (native.results.some((bits, index) => bits !== replay.results[index]))
    return `gave ${String(native.results)} natively and ${String(replay.results)} in the interpreter`;
  return undefined;
}
