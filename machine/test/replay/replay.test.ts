import { runs } from "../seed.ts";
import { expect } from "chai";
import fc from "fast-check";
import { openMachine } from "../../src/interpret/machine.ts";
import { openReplay } from "../../src/replay/replay.ts";
import { verifyStep } from "../../src/witness/verify.ts";
import { OP, programOf } from "../interpret/assemble.ts";

/** Writes ever further on into a memory that it makes larger, and into the output; ends out of fuel. */
const program = programOf(
  [
    { op: OP.CHARGE, lo: 8 },
    { op: 0x36, a: 0, b: 0 },
    { op: 0x36, flags: 4, a: 0, b: 0 },
    { op: 0x6a, flags: 1, d: 0, a: 0, lo: 2500 },
    { op: 0x4d, flags: 1, d: 1, a: 0, lo: 2 ** 16 - 4 },
    { op: OP.JNZ, a: 1, lo: 0 },
    { op: OP.MEMGROW, d: 2, a: 3 },
    { op: OP.CONST, d: 0, imm: 1n },
    { op: OP.JMP, lo: 0 },
  ],
  { slots: [0n, 0n, 0n, 1n], maxPages: 3 },
);
const input = new Uint8Array(0);
const parameters = { program, input, fuel: 7000n };
const replay = (checkpointBytes: number) =>
  openReplay({ ...parameters, checkpointSteps: 64, checkpointBytes });

describe("openReplay", function () {
  this.timeout(60_000);

  it("default", () => {
    const machine = openMachine(parameters);
    machine.runToEnd();
    expect(openReplay(parameters).end()).to.deep.equal({
      steps: machine.step(),
      registers: machine.registers(),
      fuelUsed: 7000n,
      output: new Uint8Array(0),
    });
  });

  it("behavior: finds the state at any step in any order, with plenty and with little memory", () => {
    for (const checkpointBytes of [2 ** 26, 2 ** 18, 0]) {
      const run = replay(checkpointBytes);
      const { steps } = run.end();
      fc.assert(
        fc.property(fc.integer({ min: 0, max: steps }), (step) => {
          const machine = openMachine(parameters);
          machine.runTo(step);
          expect(run.snapshotAt(step)).to.deep.equal(machine.snapshot());
        }),
        { numRuns: runs(12) },
      );
    }
  });

  it("behavior: a step behind the end is the end", () => {
    const run = replay(2 ** 20);
    expect(run.snapshotAt(2 ** 40)).to.deep.equal(run.snapshotAt(run.end().steps));
  });

  it("behavior: finds the step at which fuel is used", () => {
    const run = replay(2 ** 20);
    const atCheckpoints = [1, 2, 3, 4].map((index) => 7000n - run.snapshotAt(64 * index).registers.fuel);
    for (const used of [0n, 1n, 8n, 9n, 4000n, 6999n, 7000n, 9000n, ...atCheckpoints]) {
      const machine = openMachine(parameters);
      machine.runToFuel(used);
      expect(run.stepAtFuel(used)).to.equal(machine.step());
    }
  });

  it("behavior: fuel that is given back later was used", () => {
    const refunding = programOf([
      { op: OP.CHARGE, lo: 90 },
      { op: OP.REFUND, lo: 80 },
      { op: OP.JMP, lo: 0 },
    ]);
    const run = openReplay({ program: refunding, input, fuel: 500n, checkpointSteps: 2 });
    expect([90n, 91n, 100n, 101n, 440n, 500n].map((used) => run.stepAtFuel(used))).to.deep.equal([
      1, 4, 4, 7, 106, 124,
    ]);
  });

  it("behavior: witnesses lead from each state to the next", () => {
    const run = replay(2 ** 20);
    const { steps } = run.end();
    for (const step of [0, 1, 63, 64, 65, 2000, steps - 1, steps]) {
      const witness = run.witnessAt(step);
      const next = verifyStep({ fixed: run.fixed, stateHash: run.stateHashAt(step), witness });
      expect(next).to.deep.equal(run.stateHashAt(step + 1));
    }
  });
});
