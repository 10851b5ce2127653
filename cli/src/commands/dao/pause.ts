import { pauseEntry } from "@millrace/sdk";
import { argument, defineCommand } from "../../command.ts";
import { duration } from "../../dao/parse.ts";
import { formatTime } from "../../format.ts";

export const daoPause = defineCommand({
  name: "dao pause",
  summary: "Close the entry for a while; the guardian may, once per vote",
  details:
    "No new provider, node, offer, deal or match until then. Claims, withdrawals, unstaking, switching off, stopping and voting go on.",
  needs: "wallet",
  args: { time: argument("time", 'for how long, at most 14d: "6h", "90s"', duration) },
  options: {},
  examples: ["millrace dao pause 2d"],
  handler: async (context, { args }) => {
    const chain = await context.signer();
    context.interruption.next = "Whether entry is closed shows: millrace dao params";
    const { until, receipt } = await pauseEntry(chain, { seconds: args.time });
    return {
      data: { entryPausedUntil: until, transactionHash: receipt.transactionHash },
      text: `Entry is closed until ${formatTime(until)}.\nnext  millrace dao resume`,
    };
  },
});
