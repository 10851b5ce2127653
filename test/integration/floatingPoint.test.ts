import { expect } from "chai";
import hre from "hardhat";
import { compute } from "../../machine/src/witness/arithmetic.ts";
import { casesOf, withGarbage } from "./floats/operands.ts";
import { compileInV8, floatOperations, type NativeInstruction } from "./floats/v8.ts";

const long = process.env["MILLRACE_LONG"] === "1";
const seed = Number(process.env["MILLRACE_SEED"] ?? 1);
const EDGES = long ? 10_000 : 150;
const RANDOM = long ? 3_000 : 100;
const CASES_IN_A_CALL = 1_000;
const HARNESS = "test/disputes/FloatingPointHarness.sol";

/** The contract's answers, each as the trap's status above 64 bits of result. */
type ComputeInContract = (opcode: number, cases: readonly [bigint, bigint][]) => Promise<bigint[]>;

async function deployHarness(): Promise<ComputeInContract> {
  await hre.tasks.getTask("build").run({ files: [HARNESS], noContracts: true, quiet: true });
  const { ethers } = await hre.network.create();
  const harness = await ethers.deployContract(`${HARNESS}:FloatingPointHarness`);
  return async (opcode, cases) => {
    const answers: bigint[] = [];
    for (let from = 0; from < cases.length; from += CASES_IN_A_CALL) {
      const operands = cases.slice(from, from + CASES_IN_A_CALL).map(([a, b]) => (a << 64n) | b);
      answers.push(...((await harness.getFunction("computeAll")(opcode, operands)) as bigint[]));
    }
    return answers;
  };
}

function computeInMachine(opcode: number, a: bigint, b: bigint): bigint {
  const outcome = compute(opcode, a, b);
  return typeof outcome === "bigint" ? outcome : BigInt(outcome.trap) << 64n;
}

describe("floating point in a contract", function () {
  this.timeout(long ? 3_600_000 : 300_000);
  let computeInContract: ComputeInContract;
  let native: ReadonlyMap<number, NativeInstruction>;
  let total = 0;
  before(async () => {
    computeInContract = await deployHarness();
    native = compileInV8();
  });
  after(() => {
    console.log(`      ${total} cases, seed ${seed}`);
  });

  it("knows all instructions on floats", () => {
    expect(floatOperations).to.have.length(12 + 28 + 8 + 10 + 8);
  });

  for (const { opcode, params } of floatOperations) {
    it(`gives what V8 and the machine give, opcode 0x${opcode.toString(16)}`, async () => {
      const given = casesOf(params, { edges: EDGES, random: RANDOM, seed: seed + opcode });
      const cases = given.map((pair) => withGarbage(params, pair));
      const answers = await computeInContract(opcode, cases);
      const inV8 = native.get(opcode);
      const differing = cases.flatMap(([a, b], index) => {
        const outcomes = {
          contract: answers[index],
          machine: computeInMachine(opcode, a, b),
          v8: inV8?.(a, b),
        };
        if (outcomes.contract === outcomes.v8 && outcomes.machine === outcomes.v8) return [];
        const hex = (bits: bigint | undefined): string | undefined => bits?.toString(16);
        return [
          {
            a: hex(a),
            b: hex(b),
            ...Object.fromEntries(Object.entries(outcomes).map(([who, bits]) => [who, hex(bits)])),
          },
        ];
      });
      expect(differing.slice(0, 5), `${differing.length} of ${cases.length} differ`).to.deep.equal([]);
      total += cases.length;
    });
  }
});
