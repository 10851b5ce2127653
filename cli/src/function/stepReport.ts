import type { Registers } from "@millrace/machine";
import type { OneStepAnswer } from "@millrace/sdk";
import { size, toHex, type Hex } from "viem";
import { formatCount, plural } from "../format.ts";
import { formatFields, type Paint } from "../output.ts";
import { describeStatus, type NamedSlot, type RunStep, type StateView } from "./step.ts";

/** What the contract said, or why it could not be asked. */
export type ContractVerdict = OneStepAnswer | { readonly unavailable: string };

/** True if what was computed from the witness alone is what the run came to. */
export function isConfirmed({ verified, after }: RunStep, verdict: ContractVerdict): boolean {
  return verified === after.hash && ("unavailable" in verdict || verdict.next === after.hash);
}

/** A step for a person. */
export function formatStep(
  taken: RunStep,
  { verdict, withWitness, paint }: { verdict: ContractVerdict; withWitness: boolean; paint: Paint },
): string {
  const { step, instruction, slots, before, after, proof, verified } = taken;
  const bytes = instruction === undefined ? undefined : toHex(instruction.bytes);
  return formatFields(
    [
      ["step", `${formatCount(step)}, from state ${formatCount(step)} to state ${formatCount(step + 1)}`],
      ["function", describePlace(taken)],
      ["pc", formatCount(before.registers.pc)],
      ["instruction", instruction === undefined ? "none can stand here" : describeInstruction(instruction)],
      ["its bytes", bytes],
      ["slots", slots.length === 0 ? undefined : slots.map(describeSlot).join("\n")],
      ["registers", describeRegisters(before.registers, after.registers)],
      ["state before", before.hash],
      ["state after", after.hash],
      ["witness", `${formatCount(size(proof.witness))} bytes${withWitness ? `\n${proof.witness}` : ""}`],
      ["machine", judge(verified, after, paint)],
      ...describeVerdict(verdict, after, paint),
    ],
    paint,
  );
}

/** A step for programs. */
export function stepData(taken: RunStep, verdict: ContractVerdict): object {
  const { commitment, step, place, instruction, slots, before, after, proof, verified } = taken;
  const stateData = ({ registers, hash }: StateView) => ({ ...registers, stateHash: hash });
  const asHex = (value: bigint | undefined): Hex | null => (value === undefined ? null : toHex(value));
  return {
    ...{ functionCommitment: commitment, step, pc: before.registers.pc },
    function:
      place === undefined ? null : { pc: place.pc, index: place.index ?? null, name: place.name ?? null },
    instruction:
      instruction === undefined
        ? null
        : { name: instruction.name, operands: instruction.operands, bytes: toHex(instruction.bytes) },
    slots: slots.map((each) => ({ ...each, before: asHex(each.before), after: asHex(each.after) })),
    ...{ before: stateData(before), after: stateData(after) },
    ...{ program: proof.program, witness: proof.witness, witnessBytes: size(proof.witness) },
    machine: { stateHash: verified ?? null },
    contract:
      "unavailable" in verdict
        ? { unavailable: verdict.unavailable }
        : {
            stateHash: verdict.next ?? null,
            refusal: verdict.refusal?.shortMessage ?? null,
            gas: verdict.gas,
          },
    isConfirmed: isConfirmed(taken, verdict),
  };
}

function describePlace({ place }: RunStep): string {
  if (place === undefined) return "none";
  const begin = `begins at pc ${formatCount(place.pc)}`;
  if (place.index === undefined) return `part of the WASI shim or of the entry, ${begin}`;
  const name = place.name === undefined ? "" : `${place.name}, `;
  return `${name}function ${place.index} of the module, ${begin}`;
}

function describeInstruction({ name, operands }: { name: string; operands: string }): string {
  return operands === "" ? name : `${name}  ${operands}`;
}

function describeSlot({ offset, slot, before, after }: NamedSlot): string {
  const where = `s[${offset}] is slot ${formatCount(slot)}`;
  if (before === undefined || after === undefined) return `${where}: there is none`;
  return `${where}: ${toHex(before)}${before === after ? "" : ` → ${toHex(after)}`}`;
}

/** One line for each register; those that change show what they change to. */
function describeRegisters(before: Registers, after: Registers): string {
  const shown: readonly (readonly [string, (registers: Registers) => string])[] = [
    ["status", describeStatus],
    ["exit code", ({ exitCode }) => formatCount(exitCode)],
    ["pc", ({ pc }) => formatCount(pc)],
    ["fp", ({ fp }) => formatCount(fp)],
    ["pages", ({ pages }) => formatCount(pages)],
    ["fuel", ({ fuel }) => formatCount(fuel)],
    ["output", ({ outLen }) => plural(outLen, "byte")],
  ];
  return shown
    .map(([name, text]) => {
      const [from, to] = [text(before), text(after)];
      return `${name} ${from === to ? from : `${from} → ${to}`}`;
    })
    .join("\n");
}

function describeVerdict(
  verdict: ContractVerdict,
  after: StateView,
  paint: Paint,
): readonly (readonly [string, string])[] {
  if ("unavailable" in verdict) return [["contract", `not asked: ${verdict.unavailable}`]];
  const { next, refusal, gas } = verdict;
  const answer = refusal === undefined ? judge(next, after, paint) : paint.red(`✗ ${refusal.shortMessage}`);
  const { total, execution, calldata, floor } = gas;
  const parts = `21,000 and ${formatCount(calldata)} for calldata and ${formatCount(execution)} to execute`;
  const least = `at least ${formatCount(floor)} for this calldata (EIP-7623)`;
  return [
    ["contract", answer],
    ["gas", `${formatCount(total)} as a transaction: ${parts}; ${least}`],
  ];
}

function judge(next: Hex | undefined, after: StateView, paint: Paint): string {
  if (next === undefined) return paint.red("✗ refuses the witness");
  if (next === after.hash) return paint.green("✓ comes to the same state from the witness alone");
  return paint.red(`✗ comes to another state: ${next}`);
}
