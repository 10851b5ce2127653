import { argument, defineCommand, flag } from "../../command.ts";
import { describeChange, readyStep, requireOwner, setStep, type Changed } from "../../deal/change.ts";
import { waitOptions } from "../../deal/steps.ts";
import { publishSteps, type Published } from "../../function/steps.ts";
import { dealId, text } from "../../parse.ts";

export const dealUpdate = defineCommand({
  name: "deal update",
  summary: "Give a deal another version of its function, without a call lost",
  details:
    "Builds and publishes the function, then sets it as the deal's next version: it counts from the next epoch on. Each " +
    "worker makes it ready beforehand and goes on with the old one until then, or until it can run the new one. A deal " +
    "takes one change an epoch.",
  needs: "wallet",
  args: {
    deal: argument("deal", "the deal's id", dealId),
    target: argument("target", "the function's folder, a built module, or the CID of a published one", text),
  },
  options: {
    prebuilt: flag("--prebuilt", "take the compiled module that is in the folder already"),
    ...waitOptions,
  },
  examples: ["millrace deal update 1 ./hello", "millrace deal update 1 bafkrei…"],
  handler: async (context, { args: { deal, target }, options }) => {
    const chain = await context.signer();
    await requireOwner(chain, deal);
    const done: Published & Changed = {};
    await context.progress([
      ...publishSteps(context, target, { compile: !options.prebuilt, done }),
      setStep(context, chain, { deal, timeoutSeconds: options.timeout, done }),
      ...(options.detach ? [] : [readyStep(chain, deal, options.timeout, done)]),
    ]);
    return describeChange(context, chain, deal, done);
  },
});
