import type { Registers, Snapshot } from "../../../machine/src/interpret/snapshot.ts";

const CHUNK = 4096;

const running: Registers = { status: 0, exitCode: 0, pc: 0, fp: 0, pages: 1, fuel: 1000n, outLen: 0 };

/** A state with a few slots from 0 on and a byte pattern in memory and output. */
export function stateOf(slots: readonly bigint[], registers: Partial<Registers> = {}): Snapshot {
  const words = new BigUint64Array(CHUNK / 8);
  words.set(slots);
  const space = Uint8Array.from({ length: CHUNK }, (_, index) => (index * 7 + 3) % 256);
  const all = { ...running, ...registers };
  return {
    ...{ step: 0, registers: all, leastFuel: all.fuel },
    ...{ slots: [new Uint8Array(words.buffer)], memory: [space], output: [space] },
  };
}
