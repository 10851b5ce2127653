import "../seed.ts";
import { expect } from "chai";
import type { Registers } from "../../src/interpret/snapshot.ts";
import { verifyStep } from "../../src/witness/verify.ts";
import { OP, programOf } from "../interpret/assemble.ts";
import type { Instruction } from "../interpret/assemble.ts";
import { createPair } from "./pair.ts";

interface Case {
  title: string;
  code: Instruction[];
  slots?: bigint[];
  end: Partial<Registers>;
}

const SLOTS = 2 ** 17;
const link = (fp: number, pc: number): bigint => (BigInt(fp) << 32n) | BigInt(pc);
/** The reference of a function of type 3. */
const callee = (pc: number): bigint => link(4, pc);
const MOVE: Instruction = { op: OP.MOV, d: 1, a: 0 };

const cases: Case[] = [
  {
    title: "a return to the last slots, then an operand behind them",
    code: [{ op: OP.RET, a: 0 }, MOVE, MOVE],
    slots: [link(SLOTS - 1, 2)],
    end: { status: 11, pc: 3, fp: SLOTS - 1 },
  },
  {
    title: "a return to the last slots, then operands within them",
    code: [{ op: OP.RET, a: 0 }, MOVE, MOVE],
    slots: [link(SLOTS - 2, 1)],
    end: { status: 2, pc: 4, fp: SLOTS - 2 },
  },
  {
    title: "a return behind the slots, where nothing but operands is illegal",
    code: [{ op: OP.RET, a: 0 }, { op: OP.CHARGE, lo: 7 }, { op: OP.JMP, lo: 3 }, MOVE],
    slots: [link(2 ** 32 - 1, 1)],
    end: { status: 11, pc: 4, fp: 2 ** 32 - 1, fuel: 993n },
  },
  {
    title: "a return behind the slots by a multiple of what an address holds",
    code: [{ op: OP.RET, a: 0 }, { op: OP.CHARGE, lo: 1 }, MOVE],
    slots: [link(2 ** 29, 1)],
    end: { status: 11, pc: 3, fp: 2 ** 29 },
  },
  {
    title: "a return behind the slots to a function that needs none",
    code: [{ op: OP.RET, a: 0 }, { op: OP.ENTER, lo: 1 }, { op: OP.TRAP }],
    slots: [link(SLOTS, 1)],
    end: { status: 2, pc: 3, fp: SLOTS, fuel: 999n },
  },
  {
    title: "calls up to the last slots, then an operand behind them",
    code: [
      { op: OP.CALL, a: 65535, d: 0, lo: 1 },
      { op: OP.CALL, a: 65534, d: 1, lo: 2 },
      { op: OP.MOV, d: 0, a: 3 },
    ],
    end: { status: 11, pc: 3, fp: 131069 },
  },
  {
    title: "a call whose link lies behind the slots",
    code: [
      { op: OP.RET, a: 0 },
      { op: OP.CALL, a: 65535, d: 1, lo: 0 },
    ],
    slots: [link(65536, 1)],
    end: { status: 11, pc: 2, fp: 65536 },
  },
  {
    title: "an indirect call up to the last slots, then an operand behind them",
    code: [
      { op: OP.RET, a: 1 },
      { op: OP.CALLI, a: 100, d: 1, b: 0, lo: 1, hi: 4 },
      { op: OP.MOV, d: 0, a: 2 },
    ],
    // At fp 130970 slot b is 0: table entry 0, which is slot 0.
    slots: [callee(2), link(SLOTS - 102, 1)],
    end: { status: 11, pc: 3, fp: SLOTS - 2 },
  },
  {
    title: "an indirect call through a table that is longer than the slots",
    code: [{ op: OP.CALLI, b: 0, a: 4, lo: 2 ** 32 - 1 }],
    slots: [BigInt(SLOTS)],
    end: { status: 11, pc: 1 },
  },
  {
    title: "an indirect call to where no instruction can stand",
    code: [{ op: OP.CALLI, b: 1, a: 4, lo: 1, hi: 4 }],
    slots: [callee(2 ** 32 - 1), 0n],
    end: { status: 11, pc: 2 ** 32 - 1, fp: 4 },
  },
  {
    title: "a call to where no instruction can stand",
    code: [{ op: OP.CALL, a: 4, lo: 2 ** 20 }],
    end: { status: 11, pc: 2 ** 20, fp: 4 },
  },
  {
    title: "a call to the last slots and to where no instruction can stand",
    code: [
      { op: OP.CALL, a: 65535, lo: 1 },
      { op: OP.CALL, a: 65535, d: 0, lo: 2 ** 31 },
    ],
    end: { status: 11, pc: 2 ** 31, fp: 131070 },
  },
  {
    title: "a jump to the last instruction and behind it",
    code: [{ op: OP.JMP, lo: 2 ** 20 - 1 }],
    end: { status: 2, pc: 2 ** 20 },
  },
  {
    title: "a jump behind the last instruction",
    code: [{ op: OP.JMP, lo: 2 ** 20 }],
    end: { status: 11, pc: 2 ** 20 },
  },
  {
    title: "a jump table whose jump comes round",
    code: [MOVE, { op: OP.BRTABLE, a: 0, lo: 2 ** 32 - 1 }],
    slots: [2n ** 32n - 2n],
    end: { status: 0, pc: 0 },
  },
  {
    title: "a jump table that leads behind the last instruction",
    code: [{ op: OP.BRTABLE, a: 0, lo: 2 ** 32 - 1 }],
    slots: [2n ** 21n],
    end: { status: 11, pc: 2 ** 21 + 1 },
  },
  {
    title: "globals at and behind the end of the slots",
    code: [
      { op: OP.GSET, a: 0, lo: SLOTS - 1 },
      { op: OP.GGET, d: 0, lo: SLOTS },
    ],
    end: { status: 11, pc: 2 },
  },
  {
    title: "a table's entry behind the end of the slots",
    code: [
      { op: OP.TSET, a: 0, b: 0, lo: SLOTS - 3, hi: 9 },
      { op: OP.TGET, a: 0, d: 0, lo: SLOTS - 2, hi: 9 },
    ],
    slots: [2n],
    end: { status: 11, pc: 2 },
  },
  {
    title: "an address that comes round",
    code: [{ op: 0x2d, a: 0, d: 1, lo: 1 }],
    slots: [2n ** 32n - 1n],
    end: { status: 3, pc: 1 },
  },
  {
    title: "an output of which nothing fits, and one byte more than may be",
    code: [
      { op: 0x3a, flags: 4, a: 0, b: 0, lo: 0 },
      { op: OP.HALT, a: 0, b: 1 },
    ],
    slots: [2n ** 25n - 1n, 2n ** 24n + 1n],
    end: { status: 11, pc: 2, exitCode: 0, outLen: 0 },
  },
];

describe("verifyStep at the limits", () => {
  for (const { title, code, slots = [], end } of cases) {
    it(`behavior: ${title}`, () => {
      const program = programOf(code, { slots });
      const { machine: whole } = createPair(program);
      const { machine, step } = createPair(program);
      whole.runTo(50);
      for (let count = 0; count < 50 && machine.registers().status === 0; count++) {
        const { claim, after } = step(machine.snapshot());
        expect(verifyStep(claim)).to.deep.equal(after);
      }
      expect(whole.registers()).to.include(end);
      expect(whole.snapshot()).to.deep.equal(machine.snapshot());
    });
  }
});
