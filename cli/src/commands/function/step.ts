import { askOneStep, MillraceError, type AskOneStepParameters } from "@millrace/sdk";
import { defineCommand, flag, optionalArgument, optionOr, required } from "../../command.ts";
import type { Context } from "../../context.ts";
import { readBuilt } from "../../function/project.ts";
import { readRequest, requestOptions } from "../../function/request.ts";
import { takeStep } from "../../function/step.ts";
import { formatStep, isConfirmed, stepData, type ContractVerdict } from "../../function/stepReport.ts";
import { bytes32, integer, moment, text } from "../../parse.ts";

const DEFAULT_TIME = "2026-01-01T00:00:00Z";

export const functionStep = defineCommand({
  name: "function step",
  summary: "Show one step of a replayed call, its witness, and what the contract makes of it",
  details:
    "The call is encoded as function test does, but with a fixed time, seed and request id, so that the same command shows the same " +
    "step on every machine; then it is replayed in the machine of docs/machine.md. Step N leads from state N to state N + 1. " +
    "The contract OneStep comes along in a call to the network's chain: it need not be deployed, and nothing is sent. Without a chain the " +
    "machine's own answer is shown alone. Ends with exit code 1 if an answer is not the state that the replay came to.",
  needs: "network",
  args: { target: optionalArgument("target", "the function's folder or a built module", text, "here") },
  options: {
    step: required("--step <number>", "the step, counted from 0", integer(0, Number.MAX_SAFE_INTEGER - 1)),
    ...requestOptions,
    time: optionOr(
      "--time <time>",
      "when the call was accepted",
      moment,
      Date.parse(DEFAULT_TIME),
      DEFAULT_TIME,
    ),
    seed: optionOr(
      "--seed <hex>",
      "32 bytes that the call's random numbers come from",
      bytes32,
      new Uint8Array(32),
      "zeros",
    ),
    witness: flag("--witness", "print the witness's bytes too"),
  },
  examples: [
    "millrace function step --step 1000",
    'millrace function step ./hello --body "Ada" --step 0 --witness',
    "millrace function step build/hello.wasm --step 1000 --json",
  ],
  handler: async (context, { args, options }) => {
    const { step, time, seed, fuel, witness } = options;
    const request = await readRequest(context, options);
    const built = await readBuilt(context.path(args.target ?? "."), context.api);
    const taken = takeStep(built, { request, timeMs: time, seed, fuel }, step);
    const verdict = await askContract(context, taken.proof);
    return {
      data: { file: built.file, ...stepData(taken, verdict) },
      text: formatStep(taken, { verdict, withWitness: witness, paint: context.paint }),
      exitCode: isConfirmed(taken, verdict) ? 0 : 1,
    };
  },
});

/** The contract's answer; a chain that was not chosen or cannot be reached is no error. */
async function askContract(context: Context, proof: AskOneStepParameters): Promise<ContractVerdict> {
  try {
    const network = await context.networkIfAny();
    if (network === undefined)
      return { unavailable: "no network is chosen and no devnet runs here; choose one with --network" };
    return await askOneStep(await context.chain(), proof);
  } catch (error) {
    if (error instanceof MillraceError && error.code === "rpc-unreachable")
      return { unavailable: error.shortMessage };
    throw error;
  }
}
