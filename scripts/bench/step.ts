/**
 * What it costs to have the contract do one step: whole transactions, from their receipts, with steps of every example's
 * run. An opcode that no example has is measured in the place of another one that an example has.
 */
import { examples, prepareExample } from "../../examples/test/calls.ts";
import { INSTRUCTION_NAMES } from "../../machine/src/inspect/instruction-names.ts";
import { operandCount } from "../../machine/src/witness/arithmetic.ts";
import { median } from "./figures.ts";
import type { Measurement, Options } from "../bench.ts";
import { startChain } from "./step/chain.ts";
import { replaceOpcode, sampleRun } from "./step/samples.ts";
import type { Place, Sample } from "./step/samples.ts";
import { worstSelect, worstStore } from "./step/worst.ts";

/** Every opcode that a lowering writes, with its name. */
const named = INSTRUCTION_NAMES.flatMap((name, opcode) => (name === undefined ? [] : [{ opcode, name }]));

interface Row {
  opcode: number;
  gas: number[];
  witnessBytes: number;
  /** Whether no example has it. */
  replaced: boolean;
}

/** The opcode in whose place one that no example has is measured: it names the same operands. */
function standIn(opcode: number, places: ReadonlyMap<number, Place>): number | undefined {
  const isLoad = (other: number): boolean => other >= 0x28 && other <= 0x35;
  const isStore = (other: number): boolean => other >= 0x36 && other <= 0x3e;
  const alike = (other: number): boolean =>
    isLoad(opcode) === isLoad(other) &&
    isStore(opcode) === isStore(other) &&
    operandCount(opcode) === operandCount(other);
  return [0x20, 0x10, ...places.keys()].find((other) => places.has(other) && alike(other));
}

/** A random number below 1 with a seed (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * Measures. `stepGasMax` and `stepGasMedian`: the dearest of all steps, and the median over the opcodes of the dearest
 * step of each; `witnessBytesMax`: the longest witness among them; `stepContractBytes`: the contract's code;
 * `adversarial…`: the dearest step that a program made for it can have, with full trees and operands far apart.
 *
 * @throws Error if the contract says anything but what the interpreter does
 */
export async function run({ seed = "1" }: Options): Promise<Measurement> {
  const chain = await startChain();
  const random = randomFrom(Number(seed));
  const rows = new Map<number, Row>();
  const places = new Map<number, Place>();
  async function measure({ opcode, claim, next }: Sample, replaced: boolean): Promise<void> {
    const row = rows.get(opcode) ?? { opcode, gas: [], witnessBytes: 0, replaced };
    row.gas.push(await chain.measure(claim, next));
    row.witnessBytes = Math.max(row.witnessBytes, claim.witness.length);
    rows.set(opcode, row);
  }
  for (const example of examples) {
    const { prepared, calls } = prepareExample(example);
    for (const { input } of calls) {
      const sampled = sampleRun({ program: prepared.program, input }, random);
      for (const sample of sampled.samples) await measure(sample, false);
      for (const [opcode, place] of sampled.places)
        if (place.program.code.length >= (places.get(opcode)?.program.code.length ?? 0))
          places.set(opcode, place);
    }
  }
  for (const { opcode } of named) {
    if (rows.has(opcode)) continue;
    const place = places.get(standIn(opcode, places) ?? -1);
    if (place !== undefined) await measure(replaceOpcode(place, opcode), true);
  }
  const missing = named.filter(({ opcode }) => !rows.has(opcode)).map(({ name }) => name);
  if (missing.length > 0) throw new Error(`No step was measured of ${missing.join(", ")}.`);

  const [select, store] = [worstSelect(), worstStore()];
  const ofOpcodes = [...rows.values()].sort((a, b) => a.opcode - b.opcode);
  const dearest = ofOpcodes.map(({ gas }) => Math.max(...gas));
  return {
    figures: {
      stepGasMax: Math.max(...dearest),
      stepGasMedian: median(dearest),
      witnessBytesMax: Math.max(...ofOpcodes.map(({ witnessBytes }) => witnessBytes)),
      stepContractBytes: chain.contractBytes,
      adversarialSelectGas: await chain.measure(select.claim, select.next),
      adversarialStoreGas: await chain.measure(store.claim, store.next),
      adversarialWitnessBytes: store.claim.witness.length,
    },
    peers: {},
    note: `${ofOpcodes.reduce((sum, { gas }) => sum + gas.length, 0)} transactions under EIP-7623. An opcode with a * is in no example: it was measured where another one stands.`,
    table: {
      columns: ["opcode", "instruction", "steps", "gas, median", "gas, most", "witness bytes, most"],
      rows: ofOpcodes.map(({ opcode, gas, witnessBytes, replaced }) => [
        `0x${opcode.toString(16).toUpperCase().padStart(2, "0")}`,
        `${INSTRUCTION_NAMES[opcode] ?? ""}${replaced ? " *" : ""}`,
        ...[gas.length, median(gas), Math.max(...gas), witnessBytes],
      ]),
    },
  };
}
