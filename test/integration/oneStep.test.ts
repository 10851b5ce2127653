import "../../machine/test/seed.ts";
import { readFileSync } from "node:fs";
import { expect } from "chai";
import fc from "fast-check";
import { examples, prepareExample } from "../../examples/test/calls.ts";
import { prepareStarter, starters } from "../../examples/test/starters.ts";
import { numericOperations } from "../../machine/src/interpret/numeric.ts";
import { createStateTrees } from "../../machine/src/merkle/state-trees.ts";
import type { Program } from "../../machine/src/program.ts";
import { openReplay } from "../../machine/src/replay/replay.ts";
import { buildWitness } from "../../machine/src/witness/build.ts";
import { verifyStep } from "../../machine/src/witness/verify.ts";
import type { VerifyStepParameters } from "../../machine/src/witness/verify.ts";
import { OP, programOf } from "../../machine/test/interpret/assemble.ts";
import type { Instruction } from "../../machine/test/interpret/assemble.ts";
import { readCorpus } from "../../machine/test/witness/corpus.ts";
import { operand } from "../../machine/test/witness/operands.ts";
import { createPair, data, input, shown } from "../../machine/test/witness/pair.ts";
import { anyInstruction, anyState } from "../../machine/test/witness/random-state.ts";
import { startOneStep, toHex } from "./oneStep/chain.ts";
import { classes, programs } from "./oneStep/programs.ts";
import { stateOf } from "./oneStep/states.ts";

const long = process.env["MILLRACE_LONG"] === "1";
const PLENTY = 2n ** 50n;
const MAX_U32 = 2 ** 32 - 1;

/** Draws by the run's seed; with another `round` other ones. */
function draw<T>(arbitrary: fc.Arbitrary<T>, count: number, round = 0): T[] {
  const { seed = 0 } = fc.readConfigureGlobal();
  return fc.sample(arbitrary, { numRuns: count, seed: seed + round });
}

describe("the contract does one step as the interpreter and verifyStep do", function () {
  this.timeout(3_600_000);
  let ask: Awaited<ReturnType<typeof startOneStep>>;
  before(async () => (ask = await startOneStep()));

  /** An honest witness: the contract and verifyStep say what the interpreter does. */
  async function agree({ claim, after }: { claim: VerifyStepParameters; after: Uint8Array }): Promise<void> {
    const expected = toHex(after);
    expect(toHex(verifyStep(claim))).to.equal(expected);
    expect(await ask(claim)).to.equal(expected);
  }

  it("default: follows programs to their ends and stays there", async () => {
    for (const code of programs) {
      const { machine, step } = createPair(programOf(code, { data, pages: 1, slots: [5n, 7n, 9n] }));
      for (let ended = 0; ended < 2; ended += machine.registers().status === 0 ? 0 : 1)
        await agree(step(machine.snapshot()));
    }
  });

  it("behavior: every numeric instruction on edges and random operands, from slots and with a constant", async () => {
    const cases = numericOperations.flatMap(({ opcode, params }) => {
      const [first = 0x7f, second = first] = params;
      return draw(fc.tuple(operand(first), operand(second)), long ? 620 : 6, opcode).map(([a, b], index) => {
        const at = { op: opcode, d: 2, a: 0 };
        const constant = params.length === 2 && index % 2 === 1;
        const instruction: Instruction = constant ? { ...at, flags: 1, imm: b } : { ...at, b: 1 };
        return { instruction, slots: [a, b, 1234567890123n] };
      });
    });
    const { step } = createPair(programOf(cases.map(({ instruction }) => instruction)));
    for (const [pc, { slots }] of cases.entries()) await agree(step(stateOf(slots, { pc })));
  });

  it("behavior: any instruction in any state, registers out of range among them", async () => {
    const statuses = new Set<number>();
    for (let round = 0; round < (long ? 25 : 1); round++) {
      const instructions = draw(anyInstruction, 500, round);
      const { machine, step } = createPair(programOf(instructions, { data, pages: 2 }));
      for (const state of draw(anyState(instructions.length), long ? 1_200 : 600, round)) {
        await agree(step(state));
        statuses.add(machine.registers().status);
      }
    }
    // Few cases hardly reach the rare ones.
    expect([...statuses]).to.include.members(long ? [0, 1, 2, 3, 7, 8, 9, 10, 11] : [0, 3, 11]);
  });

  it("behavior: an honest witness of a state that no run reaches is never refused", async () => {
    const instructions = draw(anyInstruction, 300);
    const program = programOf(instructions, { data, pages: 2 });
    const trees = createStateTrees({ program, input });
    const beyond = fc.record({
      state: anyState(instructions.length),
      status: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.integer({ min: 1, max: 255 })),
      numbers: fc.array(
        fc.oneof(fc.integer({ min: 0, max: MAX_U32 }), fc.constantFrom(0, 2, 3, 65_536, MAX_U32)),
        {
          minLength: 4,
          maxLength: 4,
        },
      ),
      fuel: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
    });
    for (const { state, status, numbers, fuel } of draw(beyond, long ? 5_000 : 300)) {
      const [pages = 0, fp = 0, exitCode = 0, outLen = 0] = numbers;
      const registers = { ...state.registers, pages, fuel, status };
      if (status !== 0) Object.assign(registers, { fp, exitCode, outLen });
      const snapshot = { ...state, registers };
      const claim = {
        fixed: trees.fixed,
        stateHash: trees.hash(snapshot),
        witness: buildWitness(trees, snapshot),
      };
      const next = toHex(verifyStep(claim));
      expect(await ask(claim)).to.equal(next);
      if (status !== 0) expect(next).to.equal(toHex(claim.stateHash));
    }
  });

  it("behavior: limits of a program that are no limits count as the largest", async () => {
    const program = {
      ...programOf([
        { op: OP.INLEN, d: 0 },
        { op: OP.MEMGROW, d: 1, a: 0 },
      ]),
      maxPages: 65_536,
    };
    const trees = createStateTrees({ program, input });
    for (const pc of [0, 1]) {
      const snapshot = stateOf([65_536n], { pc });
      const fixed = { ...trees.fixed, maxPages: MAX_U32, inLen: MAX_U32 };
      const claim = { fixed, stateHash: trees.hash(snapshot), witness: buildWitness(trees, snapshot) };
      const next = toHex(verifyStep(claim));
      expect(await ask(claim)).to.equal(next);
      const largest = { ...claim, fixed: { ...fixed, maxPages: 65_536, inLen: 2 ** 25 } };
      expect(await ask(largest)).to.equal(next);
    }
  });

  it("behavior: a memory of any number of pages", async () => {
    for (const maxPages of [0, 1, 3, 4, 5, 1_000, 65_535]) {
      const load = { op: 0x29, d: 1, a: 0, lo: 27 };
      const trees = createStateTrees({ program: { ...programOf([load]), maxPages }, input });
      const snapshot = stateOf([2n], { pages: Math.min(1, maxPages) });
      const claim = {
        ...{ fixed: trees.fixed, stateHash: trees.hash(snapshot), witness: buildWitness(trees, snapshot) },
      };
      expect(await ask(claim), String(maxPages)).to.equal(toHex(verifyStep(claim)));
    }
  });

  it("error: a witness with any bit flipped is refused by an error of its own, as by verifyStep", async () => {
    const { step } = createPair(programOf(classes, { data, pages: 1 }));
    const answers = new Set<string>();
    for (const pc of classes.keys()) {
      const { claim, after } = step(stateOf([7n, 2n ** 63n, 9n, 0x1122334455667788n], { pc }));
      await agree({ claim, after });
      for (let bit = pc % 8; bit < claim.witness.length * 8; bit += long ? 1 : 41) {
        const witness = claim.witness.slice();
        witness[bit >> 3] = (witness[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        const answer = await ask({ ...claim, witness });
        const mirrored = shown({ ...claim, witness });
        expect(mirrored, `${pc}, bit ${bit}: ${answer}`).to.equal("rejected");
        expect(answer, `${pc}, bit ${bit}`).to.match(/^Witness/);
        answers.add(answer);
      }
    }
    expect([...answers]).to.include.members([
      "WitnessStateDiffers",
      "WitnessCodeDiffers",
      "WitnessLengthDiffers",
    ]);
  });

  it("error: a witness cut short, with bytes behind it, or of another program, input or state is refused", async () => {
    const { step } = createPair(programOf(classes, { data, pages: 1 }));
    for (const pc of classes.keys()) {
      const { claim } = step(stateOf([7n, 2n ** 63n], { pc }));
      const refused = async (change: Partial<VerifyStepParameters>, name: RegExp): Promise<void> => {
        expect(shown({ ...claim, ...change })).to.equal("rejected");
        expect(await ask({ ...claim, ...change })).to.match(name);
      };
      for (let length = 0; length < claim.witness.length; length += long ? 1 : 29)
        await refused({ witness: claim.witness.subarray(0, length) }, /^Witness/);
      await refused({ witness: Uint8Array.from([...claim.witness, 0]) }, /^WitnessLengthDiffers$/);
      await refused({ stateHash: claim.fixed.codeRoot }, /^WitnessStateDiffers$/);
      await refused({ fixed: { ...claim.fixed, codeRoot: claim.stateHash } }, /^WitnessCodeDiffers$/);
    }
  });

  /** Random steps of a run, and its last one. */
  async function agreeOnSteps(program: Program, input: Uint8Array): Promise<void> {
    const replay = openReplay({ program, input, fuel: PLENTY });
    const { steps } = replay.end();
    for (const step of [steps - 1, ...draw(fc.integer({ min: 0, max: steps - 1 }), long ? 300 : 6)]) {
      const [stateHash, witness] = [replay.stateHashAt(step), replay.witnessAt(step)];
      const claim = { fixed: replay.fixed, stateHash, witness };
      await agree({ claim, after: replay.stateHashAt(step + 1) });
    }
  }

  for (const example of examples)
    it(`behavior: random steps of ${example}`, async () => {
      const { prepared, calls } = prepareExample(example);
      for (const call of calls.slice(0, long ? undefined : 1))
        await agreeOnSteps(prepared.program, call.input);
    });

  for (const starter of starters)
    it(`behavior: random steps of a function in ${starter.language}`, async () => {
      const { prepared, input } = await prepareStarter(starter);
      await agreeOnSteps(prepared.program, input);
    });

  it("behavior: the kept corpus", async () => {
    const corpus = readCorpus(
      readFileSync(new URL("../../machine/test/witness/corpus.json", import.meta.url), "utf8"),
    );
    expect(corpus.length).to.be.above(300);
    for (const { claim, next } of corpus) await agree({ claim, after: next });
  });
});
