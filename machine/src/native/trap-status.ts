import { status as STATUS } from "../status.ts";

/** What the module's `why` says (docs/machine.md, State), as a status. */
const BY_REASON: Readonly<Record<number, number>> = {
  1: STATUS.exited,
  2: STATUS.stackExhausted,
  3: STATUS.outOfFuel,
};
/** The module's `why` when the host refused memory that the limit allows. */
export const HOST_HAD_NO_MEMORY = 4;

/** How V8's messages of traps begin. */
const BY_MESSAGE: readonly [string, number][] = [
  ["unreachable", STATUS.unreachable],
  ["memory access out of bounds", STATUS.memoryOutOfBounds],
  ["divide by zero", STATUS.divisionByZero],
  ["remainder by zero", STATUS.divisionByZero],
  ["divide result unrepresentable", STATUS.integerOverflow],
  ["float unrepresentable in integer range", STATUS.noSuchInteger],
  ["table index is out of bounds", STATUS.tableIndex],
  ["null function or function signature mismatch", STATUS.wrongCallee],
];

/**
 * The status of a run that ended by an exception.
 * @param why the module's global of that name
 * @returns undefined when the exception says nothing of the program
 */
export function trapStatus(why: number, error: unknown): number | undefined {
  const known = BY_REASON[why];
  if (known !== undefined) return known;
  if (why !== 0 || !(error instanceof WebAssembly.RuntimeError)) return undefined;
  return BY_MESSAGE.find(([beginning]) => error.message.startsWith(beginning))?.[1];
}
