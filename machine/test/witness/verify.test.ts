import { runs } from "../seed.ts";
import { expect } from "chai";
import fc from "fast-check";
import { openMachine } from "../../src/interpret/machine.ts";
import { verifyStep } from "../../src/witness/verify.ts";
import { OP, programOf } from "../interpret/assemble.ts";
import { createPair, data, input, shown } from "./pair.ts";
import { anyInstruction, anyState } from "./random-state.ts";

describe("verifyStep", function () {
  this.timeout(60_000);

  it("default: follows a program to its end and stays there", () => {
    const program = programOf([
      { op: OP.CONST, d: 1, imm: 3n },
      { op: OP.CHARGE, lo: 4 },
      { op: 0x28, flags: 2, d: 2, a: 1, lo: 30 },
      { op: 0x37, flags: 4, a: 1, b: 2, lo: 26 },
      { op: 0x6b, flags: 1, d: 1, a: 1, lo: 1 },
      { op: OP.JNZ, a: 1, lo: 1 },
      { op: OP.HALT, a: 2, b: 1 },
    ]);
    const { machine, step } = createPair(program);
    for (let ended = 0; ended < 2; ended += machine.registers().status === 0 ? 0 : 1) {
      const { claim, after } = step(machine.snapshot());
      expect(verifyStep(claim)).to.deep.equal(after);
    }
    expect(machine.registers().status).to.equal(1);
    expect(machine.step()).to.equal(1 + 3 * 5 + 1);
  });

  it("behavior: does any instruction in any state as the interpreter does", () => {
    const statuses = new Set<number>();
    const instructions = fc.sample(anyInstruction, 500);
    const { machine, step } = createPair(programOf(instructions, { data, pages: 2 }));
    fc.assert(
      fc.property(anyState(instructions.length), (state) => {
        const { claim, after } = step(state);
        expect(verifyStep(claim)).to.deep.equal(after);
        statuses.add(machine.registers().status);
      }),
      { numRuns: runs(1500) },
    );
    // Division and truncation come about too seldom: the tests of `compute` are for them.
    expect([...statuses]).to.include.members([0, 1, 2, 3, 7, 8, 9, 10, 11]);
  });

  it("behavior: does many steps as the interpreter does one by one", () => {
    fc.assert(
      fc.property(
        fc
          .array(anyInstruction, { minLength: 20, maxLength: 40 })
          .chain((instructions) =>
            fc.record({ instructions: fc.constant(instructions), state: anyState(instructions.length) }),
          ),
        ({ instructions, state }) => {
          const program = programOf(instructions, { data, pages: 2 });
          const whole = openMachine({ program, input, fuel: 0n });
          whole.restore(state);
          whole.runTo(20);
          const { machine, step } = createPair(program);
          machine.restore(state);
          while (machine.step() < 20 && machine.registers().status === 0) {
            const { claim, after } = step(machine.snapshot());
            expect(verifyStep(claim)).to.deep.equal(after);
          }
          expect(machine.step()).to.equal(whole.step());
          expect(machine.snapshot()).to.deep.equal(whole.snapshot());
        },
      ),
      { numRuns: runs(60) },
    );
  });

  it("error: MachineError, or the same next state, for a witness with any bit flipped", () => {
    const load = [0, 2, 4, 6].map((flags) => ({ op: 0x29, flags, d: 1, a: 0, lo: 18 }));
    const store = [0, 4].map((flags) => ({ op: 0x37, flags, a: 0, b: 1, lo: 25 }));
    const program = programOf(
      [load, store, { op: OP.SELECT, d: 1, a: 9, b: 17, lo: 30 }, { op: OP.CALL, d: 1, a: 10, lo: 1 }].flat(),
      { data, pages: 2 },
    );
    const { step } = createPair(program);
    const [state] = fc.sample(anyState(1), 1);
    if (state === undefined) throw new Error("fast-check gave no state");
    const slots = [
      Uint8Array.from({ length: 4096 }, (_, index) => (index === 0 ? 7 : index < 8 ? 0 : index % 256)),
    ];
    const registers = { ...state.registers, fp: 0, pages: 1 };
    let rejected = 0;
    for (let pc = 0; pc < program.code.length / 16; pc++) {
      const { claim, after } = step({
        ...state,
        slots,
        memory: state.output,
        registers: { ...registers, pc },
      });
      expect(shown(claim)).to.deep.equal(after);
      claim.witness.forEach((byte, index) => {
        for (const bit of fc.sample(fc.integer({ min: 0, max: 7 }), runs(2))) {
          const witness = claim.witness.slice();
          witness[index] = byte ^ (1 << bit);
          const result = shown({ ...claim, witness });
          if (result !== "rejected") expect(result).to.deep.equal(after);
          else rejected++;
        }
      });
    }
    // All but the bits of masks that no sibling stands for.
    expect(rejected).to.be.above(8 * 300);
  });

  it("error: MachineError for a witness cut short, with bytes behind it or of another state", () => {
    const { step } = createPair(programOf([{ op: OP.MOV, d: 1, a: 9 }, { op: OP.JMP }]));
    const [first, second] = fc.sample(anyState(2), 2).map((state) => ({
      ...state,
      registers: { ...state.registers, pc: 0, fp: 0 },
    }));
    if (first === undefined || second === undefined) throw new Error("fast-check gave too few states");
    const { claim, after } = step(first);
    expect(shown(claim)).to.deep.equal(after);
    for (let length = 0; length < claim.witness.length; length++)
      expect(shown({ ...claim, witness: claim.witness.subarray(0, length) })).to.equal("rejected");
    expect(shown({ ...claim, witness: Uint8Array.from([...claim.witness, 0]) })).to.equal("rejected");
    expect(shown({ ...claim, witness: step(second).claim.witness })).to.equal("rejected");
    const fixed = { ...claim.fixed, codeRoot: claim.fixed.inputRoot };
    expect(shown({ ...claim, fixed })).to.equal("rejected");
  });
});
