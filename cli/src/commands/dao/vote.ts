import { castVote, readProposal, voteChoices } from "@millrace/sdk";
import { argument, defineCommand, option } from "../../command.ts";
import { proposalId } from "../../dao/parse.ts";
import { nextFor, readNow } from "../../dao/report.ts";
import { formatMill, formatTime } from "../../format.ts";
import { oneOf, text } from "../../parse.ts";

export const daoVote = defineCommand({
  name: "dao vote",
  summary: "Vote on a proposal; a vote stands",
  details: "It counts for what was delegated to the wallet when the vote began.",
  needs: "wallet",
  args: {
    proposal: argument("proposal", "its number", proposalId),
    choice: argument("choice", voteChoices.join(", "), oneOf(voteChoices)),
  },
  options: { reason: option("--reason <words>", "why, for everybody to read", text) },
  examples: ["millrace dao vote 1 for", 'millrace dao vote 1 against --reason "Too early"'],
  handler: async (context, { args, options }) => {
    const chain = await context.signer();
    context.interruption.next = `Whether it counts shows: millrace dao show ${args.proposal}`;
    const { votes, receipt } = await castVote(chain, { ...args, reason: options.reason });
    const [proposal, now] = await Promise.all([readProposal(chain, args.proposal), readNow(chain)]);
    const isOver = proposal.state !== "active";
    return {
      data: {
        ...{ proposal: args.proposal, choice: args.choice, votes, voteEnd: proposal.voteEnd },
        transactionHash: receipt.transactionHash,
      },
      text:
        `Voted ${args.choice} with ${formatMill(votes)}.\n` +
        (isOver
          ? `next  ${nextFor(proposal, now)}`
          : `next  millrace dao queue ${args.proposal}, after ${formatTime(proposal.voteEnd)} if it is agreed to`),
    };
  },
});
