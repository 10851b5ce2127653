import { expect } from "chai";
import { disassemble, locate, openReplay, prepare, slotOf, status } from "../../src/index.ts";
import { INSTRUCTION_NAMES } from "../../src/inspect/instruction-names.ts";
import { MEMORY, NUMERIC } from "../../src/wasm/opcodes.ts";
import { typeName } from "../../src/wasm/types.ts";
import { open, OP, programOf } from "../interpret/assemble.ts";
import { openAssembler } from "../paths/wat.ts";
import { fixture } from "../native/run.ts";
import { makeInput } from "../shim/inputs.ts";

const word = (text: string): Uint8Array => new TextEncoder().encode(text);
const namesOf = (types: readonly number[]): string => types.map(typeName).join(" ");

/** A function that uses the instruction once, and what encodes it. */
function functionWith(opcode: number, name: string): { text: string; bytes: number[] } | undefined {
  const numeric = NUMERIC[opcode];
  if (numeric !== undefined) {
    const operands = numeric.params.map((_type, index) => `local.get ${index}`).join(" ");
    const [params, results] = [namesOf(numeric.params), namesOf(numeric.results)];
    const bytes = opcode >= 0xd0 ? [0xfc, opcode - 0xd0] : [opcode];
    return { text: `(func (param ${params}) (result ${results}) ${operands} ${name})`, bytes };
  }
  const access = MEMORY[opcode];
  if (access === undefined) return undefined;
  const type = typeName(access.type);
  const bytes = [opcode, access.sizeLog2, 0];
  return access.isLoad
    ? { text: `(func (param i32) (result ${type}) local.get 0 ${name})`, bytes }
    : { text: `(func (param i32 ${type}) local.get 0 local.get 1 ${name})`, bytes };
}

describe("disassemble", () => {
  it("default: WebAssembly's own instructions have WebAssembly's names", async () => {
    const encode = await openAssembler();
    let count = 0;
    for (const [opcode, name] of INSTRUCTION_NAMES.entries()) {
      const used = name === undefined ? undefined : functionWith(opcode, name);
      if (used === undefined) continue;
      const wasm = encode(`(module (memory 1) ${used.text})`);
      // the instruction, then the end of the function
      const ending = [...used.bytes, 0x0b];
      expect([...wasm.slice(-ending.length)], name).to.deep.equal(ending);
      count++;
    }
    expect(count).to.equal(NUMERIC.concat(MEMORY as never[]).filter((each) => each !== undefined).length);
  });

  it("behavior: says what an instruction does with which slots", () => {
    const program = programOf([
      { op: 0x6a, d: 3, a: 4, b: 5 },
      { op: 0x7c, flags: 1, d: 3, a: 4, imm: -1n },
      { op: 0x2d, flags: 2, d: 3, a: 4, lo: 16 },
      { op: 0x37, d: 9, a: 4, b: 5, lo: 8 },
      { op: OP.CALL, d: 2, a: 7, lo: 100 },
      { op: OP.SELECT, d: 1, a: 2, b: 3, lo: 4 },
      { op: 0x99, d: 1, a: 2 },
    ]);
    const shown = Array.from({ length: 7 }, (_unused, pc) => disassemble(program, pc));
    expect(shown.map((each) => `${each?.name} ${each?.operands}`)).to.deep.equal([
      "i32.add s[3] = s[4], s[5]",
      "i64.add s[3] = s[4], 0xffffffffffffffff",
      "i32.load8_u s[3] = [s[4] + 16] of the input",
      "i64.store [s[4] + 8] = s[5]",
      "CALL 100, fp + 7, link s[9]",
      "SELECT s[1] = s[2] if s[4], else s[3]",
      "f64.abs s[1] = s[2]",
    ]);
    expect(shown[3]?.slots).to.deep.equal([
      ["a", 4],
      ["b", 5],
    ]);
    expect(shown[4]?.slots).to.deep.equal([["l", 9]]);
    expect([...(shown[1]?.bytes ?? [])].slice(0, 8)).to.deep.equal([0x7c, 1, 3, 0, 4, 0, 0, 0]);
  });

  it("behavior: code goes on with TRAP to its end, and what no lowering writes is illegal", () => {
    const program = programOf([{ op: 0xff }, { op: 0x6a, flags: 4 }]);
    expect(disassemble(program, 0)).to.include({ name: "illegal", operands: "opcode 255" });
    expect(disassemble(program, 1)).to.include({ name: "illegal" });
    expect(disassemble(program, 500)).to.include({ name: "TRAP", operands: "" });
    expect(disassemble(program, 2 ** 20)).to.equal(undefined);
  });

  it("behavior: has words for every instruction that a program runs", () => {
    const wasm = fixture("words");
    const { program } = prepare(wasm, { maxPages: 64 });
    const replay = openReplay({
      program,
      input: makeInput({ stdin: word("some words") }),
      fuel: 10_000_000n,
    });
    const { steps, registers } = replay.end();
    expect(registers.status).to.equal(status.exited);
    for (let step = 0; step < steps; step += 997) {
      const shown = disassemble(program, replay.snapshotAt(step).registers.pc);
      expect(shown?.name).not.to.be.oneOf([undefined, "illegal"]);
    }
  });
});

describe("slotOf", () => {
  it("default: gives what the machine has in the slot", () => {
    const slots = Array.from({ length: 700 }, (_unused, index) => BigInt(index) * 0x100000001n);
    const machine = open(programOf([{ op: OP.JMP }], { slots }));
    const snapshot = machine.snapshot();
    for (const index of [0, 1, 511, 512, 699, 700, 2 ** 17 - 1])
      expect(slotOf(snapshot, index), `slot ${index}`).to.equal(machine.readSlot(index));
    expect(slotOf(snapshot, 2 ** 17)).to.equal(undefined);
  });
});

describe("locate", () => {
  it("default: names the function of an exported entry, and the entry itself has none", () => {
    const wasm = fixture("words");
    const { program } = prepare(wasm, { maxPages: 64 });
    const entry = program.exports.get("_start");
    const found = locate(wasm, program, (entry?.pc ?? 0) + 3);
    expect(found).to.deep.include({ pc: entry?.pc, name: "_start" });
    expect(found?.index).to.be.a("number");
    expect(locate(wasm, program, program.entryPc)).to.deep.equal({
      ...{ pc: program.entryPc, index: undefined, name: undefined },
    });
  });

  it("behavior: takes the name from the name section", async () => {
    const encode = await openAssembler();
    const wasm = encode(
      '(module (memory (export "memory") 1) (func $helper nop) (func (export "_start") call $helper))',
    );
    // `helper` as the name of function 0
    const names = [0, 16, 4, ...word("name"), 1, 9, 1, 0, 6, ...word("helper")];
    const named = Uint8Array.from([...wasm, ...names]);
    const { program } = prepare(named, { maxPages: 1 });
    expect(locate(named, program, 1)).to.deep.equal({ pc: 1, index: 0, name: "helper" });
    expect(locate(wasm, program, 1)).to.deep.equal({ pc: 1, index: 0, name: undefined });
  });

  it("behavior: every exported function begins where it says, in the module's order", () => {
    const wasm = fixture("recursion");
    const { program } = prepare(wasm, { maxPages: 64 });
    for (const { pc } of program.exports.values()) {
      expect(locate(wasm, program, pc)?.pc).to.equal(pc);
      expect(locate(wasm, program, pc - 1)?.pc).not.to.equal(pc);
    }
  });

  it("behavior: nothing stands before the first function and behind the last", () => {
    const wasm = fixture("echo");
    const { program } = prepare(wasm, { maxPages: 64 });
    expect(locate(wasm, program, 0)).to.equal(undefined);
    expect(locate(wasm, program, program.code.length / 16 + 1)).to.equal(undefined);
  });
});
