import { runs } from "../seed.ts";
import { expect } from "chai";
import fc from "fast-check";
import { I32 } from "../../src/encode/instructions.ts";
import type { ValueType } from "../../src/encode/instructions.ts";
import { numericOperations } from "../../src/interpret/numeric.ts";
import { compute, operandCount } from "../../src/witness/arithmetic.ts";
import { status } from "../../src/status.ts";
import { open, programOf } from "../interpret/assemble.ts";
import { edges, operand } from "./operands.ts";

/** All pairs of edges, or as many of them as there is room for, and random ones. */
function cases(params: readonly ValueType[]): [bigint, bigint][] {
  const [first = I32, second] = params;
  const pairs = edges[first].flatMap((a) =>
    (second === undefined ? [0n] : edges[second]).map((b): [bigint, bigint] => [a, b]),
  );
  const random = fc.sample(fc.tuple(operand(first), operand(second ?? first)), runs(150));
  return [...pairs, ...random];
}

describe("compute", () => {
  it("default: knows the numeric instructions by their operands", () => {
    for (let opcode = 0; opcode < 256; opcode++) {
      const known = numericOperations.find((operation) => operation.opcode === opcode);
      expect(operandCount(opcode), `opcode ${opcode}`).to.equal(known?.params.length ?? 0);
    }
  });

  for (const { opcode, params } of numericOperations) {
    it(`behavior: gives what the interpreter gives, opcode 0x${opcode.toString(16)}`, () => {
      const given = cases(params);
      // Case k: operands in slots 3k and 3k + 1, the result in 3k + 2; every other pair has its second operand in imm.
      const immediate = (index: number): boolean => params.length === 2 && index % 2 === 1;
      const machine = open(
        programOf(
          given.map(([, b], index) => {
            const at = { op: opcode, d: 3 * index + 2, a: 3 * index };
            return immediate(index) ? { ...at, flags: 1, imm: b } : { ...at, b: 3 * index + 1 };
          }),
          { slots: given.flatMap(([a, b], index) => [a, immediate(index) ? 0n : b, 0x123456789abcdefn]) },
        ),
      );
      given.forEach(([a, b], index) => {
        machine.runTo(index + 1);
        const { status: ended } = machine.registers();
        const result = ended === status.running ? machine.readSlot(3 * index + 2) : { trap: ended };
        expect(result, `${a.toString(16)}, ${b.toString(16)}`).to.deep.equal(compute(opcode, a, b));
        if (ended !== status.running) {
          const { registers, ...rest } = machine.snapshot();
          machine.restore({ ...rest, registers: { ...registers, status: 0 } });
        }
      });
    });
  }
});
