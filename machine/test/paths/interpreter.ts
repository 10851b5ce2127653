/** The interpreter's path for tests. */
import { openMachine } from "../../src/interpret/machine.ts";
import type { Prepared } from "../../src/prepare.ts";
import { PLENTY } from "./instance.ts";
import type { Instance, InstanceParameters } from "./instance.ts";

const PAGE = 65_536;

/** A way to make instances in the interpreter. */
export function createInterpreterPath(): (prepared: Prepared, parameters?: InstanceParameters) => Instance {
  return ({ program }, { fuel = PLENTY, input = new Uint8Array(0) } = {}) => {
    const machine = openMachine({ program, input, fuel });
    return {
      start() {
        machine.runToEnd();
        const { status } = machine.registers();
        return { status, results: [], fuelUsed: machine.fuelUsed() };
      },
      invoke(name, args) {
        if (!program.exports.has(name)) return undefined;
        const { status, results, fuelUsed } = machine.invoke(name, args);
        return { status, results, fuelUsed };
      },
      get(name) {
        const found = program.exportedGlobals.get(name);
        return found === undefined ? undefined : machine.readSlot(found.slot);
      },
      memory: () => machine.readMemory(0, machine.registers().pages * PAGE),
    };
  };
}
