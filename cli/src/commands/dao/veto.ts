import { vetoSlash } from "@millrace/sdk";
import { argument, defineCommand } from "../../command.ts";
import { slashId } from "../../dao/parse.ts";
import { formatMill } from "../../format.ts";

export const daoVeto = defineCommand({
  name: "dao veto",
  summary: "Give a slash in escrow back to its provider; the guardian may within its term",
  details: "The token holders veto by a vote: millrace dao propose --veto-slash",
  needs: "wallet",
  args: { slash: argument("slash", "its number", slashId) },
  options: {},
  examples: ["millrace dao veto 1"],
  handler: async (context, { args }) => {
    const chain = await context.signer();
    context.interruption.next = "Whether it was vetoed shows: millrace dao slashes";
    const { amount, receipt } = await vetoSlash(chain, args);
    return {
      data: { slash: args.slash, amount, transactionHash: receipt.transactionHash },
      text: `Slash ${args.slash} is vetoed: ${formatMill(amount)} are free stake again.`,
    };
  },
});
