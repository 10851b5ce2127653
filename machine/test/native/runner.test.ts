import { expect } from "chai";
import { HostFailure, status as STATUS } from "../../src/native/index.ts";
import { assemble, commandExports, memorySection, section, typeSection } from "../build-module.ts";
import { makeInput } from "../shim/inputs.ts";
import { fixture, openBoth } from "./run.ts";

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const encode = (value: string): Uint8Array => new TextEncoder().encode(value);

/** A program that only runs some code; its table has one entry, null. */
const commandOf = (...code: number[]): Uint8Array =>
  assemble(
    typeSection,
    section(3, [1, 0]),
    section(4, [1, 0x70, 0, 1]),
    memorySection(1),
    commandExports,
    section(10, [1, code.length + 2, 0, ...code, 0x0b]),
  );

describe("createNativeRunner", () => {
  const drop = 0x1a;
  const i32 = (value: number): number[] => [0x41, value];
  const smallest = [0x41, 0x80, 0x80, 0x80, 0x80, 0x78];
  const nan = [0x43, 0, 0, 0xc0, 0x7f];
  const traps: [string, number, number[]][] = [
    ["unreachable", STATUS.unreachable, [0x00]],
    ["a load out of bounds", STATUS.memoryOutOfBounds, [...i32(0x7f), 0x2d, 0, 0, drop]],
    ["a division by zero", STATUS.divisionByZero, [...i32(1), ...i32(0), 0x6d, drop]],
    ["a remainder by zero", STATUS.divisionByZero, [...i32(1), ...i32(0), 0x70, drop]],
    ["a quotient that does not fit", STATUS.integerOverflow, [...smallest, ...i32(0x7f), 0x6d, drop]],
    ["a NaN as an integer", STATUS.noSuchInteger, [...nan, 0xa8, drop]],
    ["a float that does not fit an integer", STATUS.noSuchInteger, [0x43, 0, 0, 0, 0x7f, 0xa8, drop]],
    ["a table index out of bounds", STATUS.tableIndex, [...i32(1), 0x11, 0, 0]],
    ["a call of null", STATUS.wrongCallee, [...i32(0), 0x11, 0, 0]],
    ["an endless loop", STATUS.outOfFuel, [0x03, 0x40, 0x0c, 0, 0x0b]],
    ["nothing", STATUS.exited, []],
  ];
  for (const [name, status, code] of traps) {
    it(`${name}: status ${status}, with the same fuel as in replay`, () => {
      const { native, replay } = openBoth(commandOf(...code));
      const { fuelUsed, output, stderr, ...result } = native();
      expect(result).to.include({ status, exitCode: 0, isOutputTooLarge: false, memoryBytes: 65_536 });
      expect(replay()).to.deep.equal({ status, fuelUsed, output, stderr });
      const isTrap = status !== STATUS.exited && status !== STATUS.outOfFuel;
      expect(result.trace !== "").to.equal(isTrap);
    });
  }

  const programs: [string, NonNullable<Parameters<typeof makeInput>[0]>][] = [
    ["echo", { args: ["echo", "é"], env: ["A=1"], stdin: encode("some text"), acceptedAtMs: 1 }],
    ["complain", { env: ["B=2"] }],
    ["exit", { stdin: encode("3") }],
    ["escape", { stdin: encode("x") }],
    ["pointers", {}],
    ["iostream", { stdin: encode("pear apple fig") }],
    ["words", { stdin: encode("one two one"), seed: new Uint8Array(32).fill(7) }],
    ["words", { stdin: encode("one"), env: ["QUERY_STRING=panic"] }],
    ["time-random", { acceptedAtMs: 1_790_000_000_123, seed: new Uint8Array(32).fill(3) }],
    ["memory", { env: ["QUERY_STRING=grow"] }],
    ["output", { stdin: encode("100000"), outputBytes: 100_000 }],
    ["output", { stdin: encode("100001"), outputBytes: 100_000 }],
    ["output", { stdin: encode("100000"), env: ["QUERY_STRING=stderr"] }],
  ];
  for (const [name, fields] of programs) {
    it(`${name} with ${fields.env?.join() ?? "no environment"}: all the same as in replay, and again`, () => {
      const input = makeInput(fields);
      const { native, replay } = openBoth(fixture(name));
      const first = native(input);
      expect(first.status).to.equal(
        name === "words" && fields.env !== undefined ? STATUS.unreachable : STATUS.exited,
      );
      const { status, fuelUsed, output, stderr } = first;
      expect(replay(input)).to.deep.equal({ status, fuelUsed, output, stderr });
      expect(native(input)).to.deep.equal(first);
    });
  }

  it("output beyond the limit: no output, and it is told from an exit code", () => {
    const { native } = openBoth(fixture("output"));
    const result = native(makeInput({ stdin: encode("11"), outputBytes: 10 }));
    expect(result).to.include({ status: STATUS.exited, isOutputTooLarge: true });
    expect(result.output).to.have.length(0);
  });

  it("fuel strikes at the same point as in replay, wherever the limit is", () => {
    const input = makeInput({ stdin: encode("b a"), seed: new Uint8Array(32) });
    const { native, replay } = openBoth(fixture("words"));
    const { fuelUsed: all } = native(input);
    const statuses: number[] = [];
    // Code is paid for ahead: for a moment a run may have used more than at its end.
    for (let share = 0n; share <= 30n; share += 1n) {
      const limit = (all * share) / 20n;
      const { status, fuelUsed, output, stderr } = native(input, limit);
      expect(fuelUsed).to.equal(status === STATUS.exited ? all : limit);
      expect(replay(input, limit)).to.deep.equal({ status, fuelUsed, output, stderr });
      statuses.push(status);
    }
    expect(new Set(statuses.slice(0, 20))).to.deep.equal(new Set([STATUS.outOfFuel]));
    expect(statuses.at(-1)).to.equal(STATUS.exited);
  });

  it("nothing of a call is left for the next one", () => {
    const { native } = openBoth(fixture("exit"));
    expect(text(native(makeInput({ stdin: encode("3") })).stderr)).to.equal(
      "first complaint\nsecond complaint\n",
    );
    const { native: quiet } = openBoth(fixture("echo"));
    quiet(makeInput({ stdin: encode("a long body that stays in the memory of the input") }));
    const result = quiet(makeInput({ stdin: encode("short") }));
    expect(text(result.output))
      .to.match(/^short/m)
      .and.not.contain("body");
    expect(result.stderr).to.have.length(0);
  });

  it("error: HostFailure when the host's stack is smaller than the program's limit", () => {
    const { native, replay } = openBoth(fixture("recursion"));
    expect(replay().status).to.equal(STATUS.stackExhausted);
    // This thread's stack has a MiB.
    expect(() => native())
      .to.throw(HostFailure)
      .with.property("reason", "stack");
  });

  it("error: RangeError for a limit that is none", () => {
    const { native } = openBoth(commandOf());
    for (const limit of [-1n, 2n ** 63n])
      expect(() => native(makeInput(), limit)).to.throw(RangeError, "fuel");
    expect(native(makeInput(), 2n ** 63n - 1n).status).to.equal(STATUS.exited);
  });
});
