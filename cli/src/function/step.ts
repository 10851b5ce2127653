import {
  disassemble,
  locate,
  MachineError,
  openReplay,
  PAGES_PER_MIB,
  prepare,
  readScriptModule,
  slotOf,
  status,
  verifyStep,
  type Commitment,
  type Disassembled,
  type Place,
  type Registers,
  type Replay,
  type Snapshot,
} from "@millrace/machine";
import { encodeCall } from "@millrace/sandbox";
import type { AskOneStepParameters } from "@millrace/sdk";
import { toHex, type Hex } from "viem";
import { failure } from "../errors.ts";
import { formatCount, plural } from "../format.ts";
import type { BuiltModule } from "./project.ts";
import type { RequestParts } from "./request.ts";

/** A call that is the same whenever it is made again. */
export interface FixedCall {
  readonly request: RequestParts;
  /** Milliseconds since 1970. */
  readonly timeMs: number;
  /** 32 bytes. */
  readonly seed: Uint8Array;
  /** In units; undefined: the manifest's. */
  readonly fuel: bigint | undefined;
}

/** A slot that an instruction names. */
export interface NamedSlot {
  /** The operand's field, as docs/machine.md calls it; `l` is a call's link, `t` SELECT's third operand. */
  readonly operand: string;
  /** Its number relative to fp, and from the begin of the slots. */
  readonly offset: number;
  readonly slot: number;
  /** Undefined where there is no such slot. */
  readonly before: bigint | undefined;
  readonly after: bigint | undefined;
}

/** A state as far as a person reads it. */
export interface StateView {
  readonly registers: Registers;
  readonly hash: Hex;
}

/** One step of a run. */
export interface RunStep {
  readonly commitment: Commitment;
  readonly step: number;
  /** Undefined for an instruction that stands in no function. */
  readonly place: Place | undefined;
  /** Undefined where no instruction can stand. */
  readonly instruction: Disassembled | undefined;
  readonly slots: readonly NamedSlot[];
  readonly before: StateView;
  readonly after: StateView;
  /** What anyone needs to do the step again. */
  readonly proof: AskOneStepParameters;
  /** The state's hash that the machine in this package gives for the witness alone; undefined if it refuses it. */
  readonly verified: Hex | undefined;
}

/** Names no call in any log: it is the same for the same step. */
const REQUEST_ID = "00000000-0000-0000-0000-000000000000";

/**
 * Replays a call up to a step, and takes the step.
 * @throws MillraceError `step-missing`; MachineError for a module that cannot be prepared; SandboxError `input-too-large`
 */
export function takeStep(
  { module, manifest, runtime }: Pick<BuiltModule, "module" | "manifest" | "runtime">,
  { request, timeMs, seed, fuel }: FixedCall,
  step: number,
): RunStep {
  const { input, fuelLimit } = encodeCall(
    {
      ...{ requestId: REQUEST_ID, ...request, acceptedAtMs: timeMs, seed },
      ...(fuel === undefined ? {} : { fuelLimit: fuel }),
    },
    manifest,
  );
  const code = runtime?.wasm ?? module;
  const script = readScriptModule(module)?.script;
  const maxPages = manifest.limits.memoryMiB * PAGES_PER_MIB;
  const prepared = prepare(code, { maxPages, ...(script && { script }) });
  const { program, commitment } = prepared;
  const replay = openReplay({ program, input, fuel: fuelLimit });
  const before = replay.snapshotAt(step);
  if (before.registers.status !== status.running) throw stepMissing(replay, step);
  const after = replay.snapshotAt(step + 1);
  const { pc } = before.registers;
  const instruction = disassemble(program, pc);
  const proof = proofOf(replay, step);
  return {
    ...{ commitment, step, instruction, proof },
    place: locate(code, program, pc),
    slots: namedSlots(instruction, before, after),
    before: { registers: before.registers, hash: proof.state },
    after: { registers: after.registers, hash: toHex(replay.stateHashAt(step + 1)) },
    verified: verify(replay, step),
  };
}

function stepMissing(replay: Replay, step: number) {
  const { steps, registers } = replay.end();
  return failure(
    "step-missing",
    `There is no step ${formatCount(step)}: the run has ${plural(steps, "step").replace(/^\d+/, formatCount(steps))}.`,
    {
      details: `It ends in the status ${describeStatus(registers)}.`,
      nextStep: `Choose a step from 0 to ${formatCount(steps - 1)}.`,
    },
  );
}

function namedSlots(
  instruction: Disassembled | undefined,
  before: Snapshot,
  after: Snapshot,
): readonly NamedSlot[] {
  return (instruction?.slots ?? []).map(([operand, offset]) => {
    const slot = before.registers.fp + offset;
    return { operand, offset, slot, before: slotOf(before, slot), after: slotOf(after, slot) };
  });
}

function proofOf(replay: Replay, step: number): AskOneStepParameters {
  const { codeRoot, dataRoot, inputRoot, maxPages, inLen } = replay.fixed;
  return {
    state: toHex(replay.stateHashAt(step)),
    program: {
      ...{ codeRoot: toHex(codeRoot), dataRoot: toHex(dataRoot), inputRoot: toHex(inputRoot) },
      ...{ maxPages, inLen },
    },
    witness: toHex(replay.witnessAt(step)),
  };
}

function verify(replay: Replay, step: number): Hex | undefined {
  const { fixed } = replay;
  try {
    const stateHash = replay.stateHashAt(step);
    return toHex(verifyStep({ fixed, stateHash, witness: replay.witnessAt(step) }));
  } catch (error) {
    if (error instanceof MachineError && error.code === "invalid-witness") return undefined;
    throw error;
  }
}

const STATUS_WORDS: readonly string[] = [
  "running",
  "exited",
  "unreachable",
  "memory access out of bounds",
  "division by zero",
  "integer overflow",
  "no such integer",
  "table index out of bounds",
  "indirect call of null or of another type",
  "stack exhausted",
  "out of fuel",
  "illegal instruction",
];

/** A state's status in words, with the exit code if it has one. */
export function describeStatus({ status: code, exitCode }: Registers): string {
  const words = `${code} ${STATUS_WORDS[code] ?? "unknown"}`;
  return code === status.exited ? `${words} with code ${exitCode}` : words;
}
