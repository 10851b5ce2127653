import { cancelProposal, readProposal } from "@millrace/sdk";
import { argument, defineCommand } from "../../command.ts";
import { proposalId } from "../../dao/parse.ts";
import { nextFor, readNow } from "../../dao/report.ts";

export const daoCancel = defineCommand({
  name: "dao cancel",
  summary: "Take a proposal of your own back before its vote begins",

  needs: "wallet",
  args: { proposal: argument("proposal", "its number", proposalId) },
  options: {},
  examples: ["millrace dao cancel 1"],
  handler: async (context, { args }) => {
    const chain = await context.signer();
    context.interruption.next = `Whether it happened shows: millrace dao show ${args.proposal}`;
    const { receipt } = await cancelProposal(chain, args);
    const [proposal, now] = await Promise.all([readProposal(chain, args.proposal), readNow(chain)]);
    return {
      data: {
        ...{ proposal: args.proposal, state: proposal.state, executableAt: proposal.executableAt ?? null },
        transactionHash: receipt.transactionHash,
      },
      text: `Proposal ${args.proposal} is ${proposal.state}.\nnext  ${nextFor(proposal, now)}`,
    };
  },
});
