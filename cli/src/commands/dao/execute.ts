import { executeProposal, readProposal } from "@millrace/sdk";
import { argument, defineCommand } from "../../command.ts";
import { proposalId } from "../../dao/parse.ts";
import { nextFor, readNow } from "../../dao/report.ts";

export const daoExecute = defineCommand({
  name: "dao execute",
  summary: "Carry a queued proposal out once its delay is over; anyone may",

  needs: "wallet",
  args: { proposal: argument("proposal", "its number", proposalId) },
  options: {},
  examples: ["millrace dao execute 1"],
  handler: async (context, { args }) => {
    const chain = await context.signer();
    context.interruption.next = `Whether it happened shows: millrace dao show ${args.proposal}`;
    const { receipt } = await executeProposal(chain, args);
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
