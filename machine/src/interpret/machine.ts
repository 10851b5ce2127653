import { createEngine } from "./engine.ts";
import { MEMORY, OUTPUT, SLOTS, SLOT_COUNT, state } from "./layout.ts";
import { keepSpaces } from "./snapshot.ts";
import type { Registers, Snapshot } from "./snapshot.ts";
import { status } from "../status.ts";
import type { Program } from "../program.ts";

export interface OpenMachineParameters {
  program: Program;
  /** The call, as docs/machine.md lays it out; at most 2^25 bytes. */
  input: Uint8Array;
  /** Fuel that the call may use; below 2^64. */
  fuel: bigint;
}

/** How a call of an export ended. */
export interface Invocation {
  /** It returned; otherwise `status` says what ended it. */
  returned: boolean;
  status: number;
  /** The results' bits, as they stand in slots. */
  results: bigint[];
  fuelUsed: bigint;
}

/** A program with its state, which only goes forward; `restore` goes anywhere. */
export interface Machine {
  /** Steps made since the start. */
  step(): number;
  registers(): Registers;
  fuelUsed(): bigint;
  /** Runs to a step, or to the end if that comes first. @throws MachineError `host-memory` */
  runTo(step: number): void;
  /** Runs to the end, which the fuel sets at the latest. @throws MachineError `host-memory` */
  runToEnd(): void;
  /** Runs to the next step after which at least `used` fuel is used, or to the end. @throws MachineError `host-memory` */
  runToFuel(used: bigint): void;
  /** The first `outLen` bytes of the output: none unless the program exited. */
  output(): Uint8Array;
  /** Copies of bytes of the spaces; what lies behind their end is left out. */
  readOutput(offset: number, length: number): Uint8Array;
  readMemory(offset: number, length: number): Uint8Array;
  readSlot(index: number): bigint;
  /**
   * Calls an export as a test suite does: with the fuel the machine was opened with, on memory and globals as they are.
   * @throws RangeError if there is no such export or it takes another number of arguments
   */
  invoke(name: string, args: readonly bigint[]): Invocation;
  snapshot(): Snapshot;
  restore(snapshot: Snapshot): void;
}

/**
 * Opens a program at its entry.
 * @throws MachineError `host-memory`, RangeError if a part of the program or the input is larger than its space
 */
export function openMachine({ program, input, fuel }: OpenMachineParameters): Machine {
  const engine = createEngine(program, input);
  const spaces = keepSpaces(engine);
  let step = 0;
  const slice = (base: number, offset: number, length: number, end: number): Uint8Array =>
    engine.bytes().slice(base + Math.min(offset, end), base + Math.min(offset + length, end));
  const outLen = (): number => engine.get32(state.outLen);

  function setRegisters(registers: Omit<Registers, "pages">): void {
    engine.set32(state.status, registers.status);
    engine.set32(state.exitCode, registers.exitCode);
    engine.set32(state.pc, registers.pc);
    engine.set32(state.fp, registers.fp);
    engine.set32(state.outLen, registers.outLen);
    engine.set64(state.fuel, registers.fuel);
  }
  function enter(pc: number): void {
    setRegisters({ status: 0, exitCode: 0, pc, fp: program.frameBase, outLen: 0, fuel });
    engine.set64(state.leastFuel, fuel);
  }
  enter(program.entryPc);

  const machine: Machine = {
    step: () => step,
    registers: () => ({
      status: engine.get32(state.status),
      exitCode: engine.get32(state.exitCode),
      pc: engine.get32(state.pc),
      fp: engine.get32(state.fp),
      pages: engine.get32(state.pages),
      fuel: engine.get64(state.fuel),
      outLen: outLen(),
    }),
    fuelUsed: () => fuel - engine.get64(state.fuel),
    runTo(target) {
      step += engine.run(target - step);
    },
    runToEnd() {
      machine.runTo(Number.MAX_SAFE_INTEGER);
    },
    runToFuel(used) {
      if (machine.fuelUsed() >= used) return;
      // Stops when less is left: fuel − used or less. More than there is can never be used.
      engine.set64(state.fuelWatch, used > fuel ? 0n : fuel - used + 1n);
      try {
        machine.runToEnd();
      } finally {
        engine.set64(state.fuelWatch, 0n);
      }
    },
    output: () => slice(OUTPUT, 0, outLen(), outLen()),
    readOutput: (offset, length) => slice(OUTPUT, offset, length, MEMORY - OUTPUT),
    readMemory: (offset, length) => slice(MEMORY, offset, length, Number(engine.get64(state.memoryBytes))),
    readSlot(index) {
      if (index >= SLOT_COUNT) throw new RangeError(`There are ${SLOT_COUNT} slots; ${index} is not one.`);
      return engine.get64(SLOTS + index * 8);
    },
    invoke(name, args) {
      const called = program.exports.get(name);
      if (called?.params.length !== args.length)
        throw new RangeError(`"${name}" with ${args.length} arguments is not exported.`);
      const link = program.frameBase + Math.max(called.params.length, called.results.length);
      const setSlot = (index: number, value: bigint): void => engine.set64(SLOTS + index * 8, value);
      args.forEach((value, index) => setSlot(program.frameBase + index, value));
      setSlot(link, (BigInt(program.frameBase) << 32n) | BigInt(program.haltPc));
      enter(called.pc);
      machine.runToEnd();
      const { pc, status: ended } = machine.registers();
      // Any status of the HALT itself: its operands are not what it was made for.
      const returned = pc === program.haltPc + 1;
      return {
        returned,
        status: returned ? status.exited : ended,
        results: returned
          ? called.results.map((_, index) => machine.readSlot(program.frameBase + index))
          : [],
        fuelUsed: machine.fuelUsed(),
      };
    },
    snapshot: () => ({
      step,
      registers: machine.registers(),
      leastFuel: engine.get64(state.leastFuel),
      ...spaces.capture(),
    }),
    restore(snapshot) {
      spaces.restore(snapshot);
      setRegisters(snapshot.registers);
      engine.set64(state.leastFuel, snapshot.leastFuel);
      step = snapshot.step;
    },
  };
  return machine;
}
