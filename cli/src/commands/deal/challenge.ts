import { challengeWorker, findPaymentToken, formatToken, readDeal, readWorker } from "@millrace/sdk";
import { argument, defineCommand, option } from "../../command.ts";
import { UsageError } from "../../errors.ts";
import { dealId, smallId } from "../../parse.ts";

export const dealChallenge = defineCommand({
  name: "deal challenge",
  summary: "Have a worker replaced by a node that was cheaper all along",
  details:
    "Anyone may, in the epochs after a match in which it can be challenged. The node's offer must have stood before the " +
    "match, unchanged, and be cheaper by more than the deal's tolerance. Of the tip you get what that saves the deal in " +
    "its first epochs; millrace deal tips pays it out.",
  needs: "wallet",
  args: { deal: argument("deal", "the deal's id", dealId) },
  options: {
    replace: option("--replace <node>", "the node that works for the deal", smallId),
    with: option("--with <node>", "the cheaper node", smallId),
  },
  examples: ["millrace deal challenge 1 --replace 3 --with 2"],
  handler: async (context, { args: { deal }, options: { replace: replaced, with: candidate } }) => {
    if (replaced === undefined || candidate === undefined)
      throw new UsageError("Give both nodes: --replace <node> --with <node>.");
    const chain = await context.signer();
    const { terms } = await readDeal(chain, deal);
    context.interruption.next = `Whether it was replaced shows: millrace deal show ${deal}`;
    const { share, receipt } = await challengeWorker(chain, { deal, replaced, candidate, terms });
    const { firstEpoch, pricePerUnitEpoch } = await readWorker(chain, { deal, node: candidate });
    const token = findPaymentToken(chain.deployment, terms.paymentToken);
    return {
      data: {
        ...{ deal, replaced, candidate, pricePerUnitEpoch, firstEpoch, share },
        transactionHash: receipt.transactionHash,
      },
      text:
        `Node ${candidate} works for deal ${deal} in the place of node ${replaced} from epoch ${firstEpoch} on, at ` +
        `${formatToken(pricePerUnitEpoch, token)} per unit and epoch.\n` +
        (share === 0n
          ? "The deal pays no tip."
          : `Of the tip ${formatToken(share, token)} is yours, unless a still cheaper node is named.`),
    };
  },
});
