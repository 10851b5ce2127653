import { dismiss, readDeal, readWorker } from "@millrace/sdk";
import { argument, defineCommand } from "../../command.ts";
import { endOfEpoch, formatTime } from "../../format.ts";
import { dealId, smallId } from "../../parse.ts";

export const dealDismiss = defineCommand({
  name: "deal dismiss",
  summary: "End one worker of a deal; another is matched in its place",
  details:
    "The worker serves and is paid until the present epoch is over. Its node may be matched again: to keep its " +
    "provider out for good, bar it first (millrace deal bar). To have fewer workers: millrace deal scale.",
  needs: "wallet",
  args: {
    deal: argument("deal", "the deal's id", dealId),
    node: argument("node", "the worker's node", smallId),
  },
  options: {},
  examples: ["millrace deal dismiss 1 3"],
  handler: async (context, { args: { deal, node } }) => {
    const chain = await context.signer();
    context.interruption.next = `Whether it ends shows: millrace deal show ${deal}`;
    const { receipt } = await dismiss(chain, { deal, node });
    const [{ lastEpoch, provider }, { workers, targetWorkers }] = await Promise.all([
      readWorker(chain, { deal, node }),
      readDeal(chain, deal),
    ]);
    const end = endOfEpoch(chain.deployment, lastEpoch);
    return {
      data: {
        deal,
        node,
        provider,
        lastEpoch,
        endsAt: end ?? null,
        transactionHash: receipt.transactionHash,
      },
      text:
        `Node ${node} works for deal ${deal} until the end of epoch ${lastEpoch}` +
        `${end === undefined ? "" : `, ${formatTime(end)}`}; ${targetWorkers - workers} more wanted.\n` +
        `See who comes: millrace deal watch ${deal}\n` +
        `Keep its provider out: millrace deal bar ${deal} ${provider}`,
    };
  },
});
