import { queueProposal, readProposal } from "@millrace/sdk";
import { argument, defineCommand } from "../../command.ts";
import { proposalId } from "../../dao/parse.ts";
import { nextFor, readNow } from "../../dao/report.ts";

export const daoQueue = defineCommand({
  name: "dao queue",
  summary: "Put a proposal that was agreed to into the timelock; anyone may",
  details: "The timelock's delay begins: whoever disagrees can leave before it is carried out.",
  needs: "wallet",
  args: { proposal: argument("proposal", "its number", proposalId) },
  options: {},
  examples: ["millrace dao queue 1"],
  handler: async (context, { args }) => {
    const chain = await context.signer();
    context.interruption.next = `Whether it happened shows: millrace dao show ${args.proposal}`;
    const { receipt } = await queueProposal(chain, args);
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
