/** The interpreter's path for tests. */
import { openMachine } from "../../src/interpret/machine.ts";
import type { Prepared } from "../../src/prepare/prepare.ts";
import { PLENTY } from "./instance.ts";
import type { Instance, InstanceParameters, Outcome } from "./instance.ts";

const PAGE = 65_536;

/** No module of a test exports this. */
const START = "\0start";
const NOTHING: Outcome = { status: 1, results: [], fuelUsed: 0n };
const outcomeOf = ({ status, results, fuelUsed }: Outcome): Outcome => ({ status, results, fuelUsed });

/** A way to make instances in the interpreter. */
export function createInterpreterPath(): (prepared: Prepared, parameters?: InstanceParameters) => Instance {
  return ({ program }, { fuel = PLENTY, input = new Uint8Array(0) } = {}) => {
    const exports = new Map(program.exports);
    if (program.start !== undefined) exports.set(START, program.start);
    const machine = openMachine({ program: { ...program, exports }, input, fuel });
    return {
      start() {
        if (program.entryPc < 0 && program.start === undefined) return NOTHING;
        if (program.entryPc < 0) return outcomeOf(machine.invoke(START, []));
        machine.runToEnd();
        const { status } = machine.registers();
        return { status, results: [], fuelUsed: machine.fuelUsed() };
      },
      invoke(name, args) {
        if (!program.exports.has(name)) return undefined;
        return outcomeOf(machine.invoke(name, args));
      },
      get(name) {
        const found = program.exportedGlobals.get(name);
        return found === undefined ? undefined : machine.readSlot(found.slot);
      },
      memory: () => machine.readMemory(0, machine.registers().pages * PAGE),
    };
  };
}
