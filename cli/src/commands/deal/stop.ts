import { stopDeal, readDeal } from "@millrace/sdk";
import { argument, defineCommand } from "../../command.ts";
import { endOfEpoch, formatTime } from "../../format.ts";
import { dealId } from "../../parse.ts";

export const dealStop = defineCommand({
  name: "deal stop",
  summary: "End a deal; its workers serve until the epoch is over",
  details: "What is left can be withdrawn once the last epoch is over.",
  needs: "wallet",
  args: { deal: argument("deal", "the deal's id", dealId) },
  options: {},
  examples: ["millrace deal stop 1"],
  handler: async (context, { args }) => {
    const chain = await context.signer();
    context.interruption.next = `Whether it ends shows: millrace deal show ${args.deal}`;
    const { receipt } = await stopDeal(chain, { deal: args.deal });
    const { status, endEpoch } = await readDeal(chain, args.deal);
    const end = endEpoch === undefined ? undefined : endOfEpoch(chain.deployment, endEpoch);
    return {
      data: {
        deal: args.deal,
        status,
        endEpoch: endEpoch ?? null,
        endsAt: end ?? null,
        transactionHash: receipt.transactionHash,
      },
      text:
        `Deal ${args.deal} ends with epoch ${endEpoch}` +
        (end === undefined ? "." : `, ${formatTime(end)}.`) +
        `\nThen take the rest: millrace deal withdraw ${args.deal}`,
    };
  },
});
