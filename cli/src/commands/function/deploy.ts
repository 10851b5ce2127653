import { defineCommand, flag, optionalArgument } from "../../command.ts";
import { termOptions } from "../../deal/terms.ts";
import {
  createStep,
  describeDeployed,
  quoteStep,
  waitOptions,
  waitSteps,
  type Deployed,
} from "../../deal/steps.ts";
import { buildStep, publishStep } from "../../function/steps.ts";
import { text } from "../../parse.ts";

export const functionDeploy = defineCommand({
  name: "function deploy",
  summary: "Build the function, store it, make a deal for it and wait until it is served",
  details:
    "One transaction creates and funds the deal (with a permit where the token has them). What the deal costs is " +
    "the contract's own quote; see it first with millrace quote. Interrupted, nothing is lost: a deal that was " +
    "created goes on and shows up in millrace deal list.",
  needs: "wallet",
  args: { target: optionalArgument("target", "the function's folder or a built module", text, "here") },
  options: {
    ...termOptions,
    prebuilt: flag("--prebuilt", "take the compiled module that is in the folder already"),
    ...waitOptions,
  },
  examples: [
    "millrace function deploy",
    "millrace function deploy ./hello --workers 3 --region europe --limit 0.002 --epochs 500",
  ],
  handler: async (context, { args, options }) => {
    const target = context.path(args.target ?? ".");
    // Before the first step: it may ask for the password.
    const chain = await context.signer();
    const done: Deployed = {};
    await context.progress([
      buildStep(context, target, done, !options.prebuilt),
      quoteStep(context, chain, options, done),
      publishStep(context, done),
      createStep(context, chain, done),
      ...(options.detach ? [] : waitSteps(chain, options.timeout, done)),
    ]);
    return describeDeployed(context, chain, done);
  },
});
