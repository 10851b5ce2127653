import { dismiss, readDeal, readWorker } from "@millrace/sdk";
import { unlessDone } from "../../chain/retake.ts";
import { argument, defineCommand } from "../../command.ts";
import { endOfEpoch, formatTime } from "../../format.ts";
import { dealId, smallId } from "../../parse.ts";

const ended = new Set(["deals-worker-ended"]);

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
    // Somebody ended it already, or its deal did: that is what was wanted.
    const sent = await unlessDone(ended, dismiss(chain, { deal, node }));
    const [worker, { workers, targetWorkers, endEpoch = 0 }] = await Promise.all([
      readWorker(chain, { deal, node }),
      readDeal(chain, deal),
    ]);
    const { provider } = worker;
    const lastEpoch = worker.lastEpoch === 0 ? endEpoch : worker.lastEpoch;
    const end = endOfEpoch(chain.deployment, lastEpoch);
    return {
      data: {
        deal,
        node,
        provider,
        lastEpoch,
        endsAt: end ?? null,
        transactionHash: sent?.receipt.transactionHash ?? null,
      },
      text:
        `Node ${node} works for deal ${deal} until the end of epoch ${lastEpoch}` +
        `${sent === undefined ? " (ended before)" : ""}${end === undefined ? "" : `, ${formatTime(end)}`}; ${targetWorkers - workers} more wanted.\n` +
        `See who comes: millrace deal watch ${deal}\n` +
        `Keep its provider out: millrace deal bar ${deal} ${provider}`,
    };
  },
});
