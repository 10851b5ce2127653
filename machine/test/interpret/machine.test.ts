import "../seed.ts";
import { expect } from "chai";
import { OP, open, programOf } from "./assemble.ts";
import type { Instruction } from "./assemble.ts";

/** Fibonacci of slot 0 as a recursive function behind an entry that calls it in slot 4 and halts. */
const fibonacci = (n: bigint): Instruction[] => [
  { op: OP.CONST, d: 4, imm: n },
  { op: OP.CALL, d: 1, a: 4, lo: 3 },
  { op: OP.HALT, a: 4, b: 0 },
  { op: OP.ENTER, lo: 8, hi: 8 },
  { op: 0x49, flags: 1, d: 2, a: 0, lo: 2 },
  { op: OP.JNZ, a: 2, lo: 12 },
  { op: 0x6b, flags: 1, d: 4, a: 0, lo: 1 },
  { op: OP.CALL, d: 1, a: 4, lo: 3 },
  { op: 0x6b, flags: 1, d: 5, a: 0, lo: 2 },
  { op: OP.CALL, d: 1, a: 5, lo: 3 },
  { op: 0x6a, d: 0, a: 4, b: 5 },
  { op: OP.JMP, lo: 12 },
  { op: OP.RET, a: 1 },
];
/** Goes round for ever: charges 3, then adds 1 to slot 0. */
const counting: Instruction[] = [
  { op: OP.CHARGE, lo: 3 },
  { op: 0x6a, flags: 1, d: 0, a: 0, lo: 1 },
  { op: OP.JMP, lo: 0 },
];

describe("openMachine", () => {
  it("default", () => {
    const machine = open(programOf(fibonacci(20n)));
    machine.runToEnd();
    expect(machine.registers()).to.include({ status: 1, exitCode: 6765, pc: 3, fp: 0, pages: 1, outLen: 0 });
  });

  it("behavior: stops at exactly the step it is told", () => {
    const whole = open(programOf(fibonacci(9n)));
    whole.runToEnd();
    const stepwise = open(programOf(fibonacci(9n)));
    for (let step = 1; step <= whole.step(); step++) {
      stepwise.runTo(step);
      expect(stepwise.step()).to.equal(step);
      expect(stepwise.registers().status).to.equal(step < whole.step() ? 0 : 1);
    }
    stepwise.runTo(whole.step() + 10);
    expect(stepwise.step()).to.equal(whole.step());
    expect(stepwise.registers()).to.deep.equal(whole.registers());
  });

  it("behavior: counts more steps than one call into the interpreter makes", () => {
    const machine = open(programOf(counting), 2n ** 40n);
    machine.runTo(5_000_000);
    expect(machine.step()).to.equal(5_000_000);
    expect(machine.readSlot(0)).to.equal(1_666_667n);
    expect(machine.registers().pc).to.equal(2);
  });

  it("behavior: stops at the first step that has used so much fuel", () => {
    const machine = open(programOf(counting), 100n);
    machine.runToFuel(7n);
    expect([machine.step(), machine.fuelUsed()]).to.deep.equal([7, 9n]);
    machine.runToFuel(9n);
    expect(machine.step()).to.equal(7);
    machine.runToFuel(12n);
    expect([machine.step(), machine.fuelUsed()]).to.deep.equal([10, 12n]);
    machine.runToFuel(1000n);
    expect([machine.registers().status, machine.fuelUsed()]).to.deep.equal([10, 100n]);
  });

  it("behavior: a stack that is exhausted is no matter of the operands' range", () => {
    const endless = [
      { op: OP.ENTER, lo: 2, hi: 40 },
      { op: OP.CALL, d: 1, a: 4, lo: 0 },
    ];
    const machine = open(programOf(endless));
    machine.runToEnd();
    const { status, fp } = machine.registers();
    expect([status, fp]).to.deep.equal([9, 2 ** 17 - 36]);
  });

  it("behavior: grows to its limit and not beyond", () => {
    const machine = open(
      programOf([
        { op: OP.CONST, d: 0, imm: 1n },
        { op: OP.MEMGROW, d: 1, a: 0 },
        { op: OP.MEMGROW, d: 2, a: 0 },
        { op: OP.MEMSIZE, d: 3 },
        { op: OP.CONST, d: 4, imm: 2n ** 17n - 1n },
        { op: 0x3a, a: 4, b: 3 },
        { op: 0x3b, a: 4, b: 3 },
      ]),
    );
    machine.runToEnd();
    expect([1, 2, 3].map((slot) => machine.readSlot(slot))).to.deep.equal([1n, 0xffffffffn, 2n]);
    expect(machine.registers()).to.include({ status: 3, pages: 2, pc: 7 });
    expect([...machine.readMemory(2 ** 17 - 2, 8)]).to.deep.equal([0, 2]);
  });

  it("behavior: calls exports on memory and globals as the last call left them", () => {
    const program = programOf(
      [
        { op: OP.HALT, a: 0, b: 0 },
        { op: OP.GGET, d: 3, lo: 0 },
        { op: 0x7c, d: 0, a: 0, b: 3 },
        { op: OP.GSET, a: 0, lo: 0 },
        { op: OP.RET, a: 1 },
        { op: OP.TRAP },
      ],
      {
        frameBase: 1,
        slots: [5n],
        exports: new Map([
          ["add", { pc: 1, params: [0x7e], results: [0x7e] }],
          ["trap", { pc: 5, params: [], results: [] }],
        ]),
      },
    );
    const machine = open(program);
    expect(machine.invoke("add", [2n ** 63n])).to.deep.include({ returned: true, results: [2n ** 63n + 5n] });
    expect(machine.invoke("trap", [])).to.deep.include({ returned: false, status: 2, results: [] });
    expect(machine.invoke("add", [1n])).to.deep.include({ returned: true, results: [2n ** 63n + 6n] });
    expect(() => machine.invoke("add", [])).to.throw(RangeError);
  });

  it("behavior: a snapshot holds both chunks that a store reached", () => {
    for (const [op, size] of [0x36, 0x37, 0x38, 0x39, 0x3a, 0x3b, 0x3c, 0x3d, 0x3e].map(
      (op, index) => [op, [4, 8, 4, 8, 1, 2, 1, 2, 4][index] ?? 0] as const,
    )) {
      for (const [flags, space] of [
        [0, "memory"],
        [4, "output"],
      ] as const) {
        // Ends in the first byte of a chunk; a store of one byte is only there.
        const machine = open(programOf([{ op, flags, a: 0, b: 1 }], { slots: [4097n - BigInt(size), -1n] }));
        const before = machine.snapshot();
        machine.runTo(1);
        const after = machine.snapshot();
        const held = after[space].flatMap((chunk) => [...(chunk ?? new Uint8Array(4096))]);
        expect(held.flatMap((byte, at) => (byte === 0xff ? [at] : []))).to.deep.equal(
          Array.from({ length: size }, (_, index) => 4097 - size + index),
        );
        machine.restore(before);
        expect(machine.readMemory(4088, 16)).to.deep.equal(new Uint8Array(16));
        expect(machine.readOutput(4088, 16)).to.deep.equal(new Uint8Array(16));
      }
    }
  });

  it("error: RangeError for an input that is larger than its space", () => {
    expect(() => open(programOf([]), 0n, new Uint8Array(2 ** 25 + 1))).to.throw(RangeError);
  });

  it("behavior: goes back to a snapshot, and on from there as before", () => {
    const machine = open(
      programOf([
        { op: 0x37, a: 0, b: 0 },
        { op: 0x37, flags: 4, a: 0, b: 0, lo: 5 },
        { op: 0x7c, flags: 1, d: 0, a: 0, imm: 4093n },
        { op: OP.CHARGE, lo: 5 },
        { op: OP.JMP, lo: 0 },
      ]),
    );
    const look = (): unknown => [
      machine.readMemory(0, 2 ** 16),
      machine.readOutput(0, 2 ** 17),
      machine.readSlot(0),
    ];
    machine.runTo(42);
    const early = machine.snapshot();
    const earlyLook = look();
    machine.runTo(73);
    const late = machine.snapshot();
    const lateLook = look();
    machine.restore(early);
    expect(machine.step()).to.equal(42);
    expect(look()).to.deep.equal(earlyLook);
    expect(machine.snapshot()).to.deep.equal(early);
    machine.runTo(73);
    expect(look()).to.deep.equal(lateLook);
    expect(machine.snapshot()).to.deep.equal(late);
  });
});
