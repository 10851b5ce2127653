import { argument, defineCommand } from "../../command.ts";
import {
  createStep,
  describeDeployed,
  quoteStep,
  waitOptions,
  waitSteps,
  type Deployed,
} from "../../deal/steps.ts";
import { termOptions } from "../../deal/terms.ts";
import { fetchStep, requireCid } from "../../function/steps.ts";
import { text } from "../../parse.ts";

export const dealCreate = defineCommand({
  name: "deal create",
  summary: "Make a deal for a function that is published already, and wait until it is served",
  details:
    "The CID is the one that millrace function deploy or deal show names. The module is fetched and tried first, so " +
    "that no money goes into a deal that no node could serve. To build and publish as well: millrace function deploy.",
  needs: "wallet",
  args: { cid: argument("cid", "the published function's CID", text) },
  options: { ...termOptions, ...waitOptions },
  examples: [
    "millrace deal create bafkrei… --workers 3 --limit 0.002",
    "millrace deal create bafkrei… --private --epochs 500 --detach",
  ],
  handler: async (context, { args, options }) => {
    const cid = requireCid(args.cid);
    const chain = await context.signer();
    const done: Deployed = {};
    await context.progress([
      fetchStep(context, cid, done),
      quoteStep(context, chain, options, done),
      createStep(context, chain, done),
      ...(options.detach ? [] : waitSteps(chain, options.timeout, done)),
    ]);
    return describeDeployed(context, chain, done);
  },
});
