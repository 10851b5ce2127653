import { listProposals } from "@millrace/sdk";
import { defineCommand } from "../../command.ts";
import { nextFor, proposalData, readNow } from "../../dao/report.ts";
import { formatMill } from "../../format.ts";
import { formatTable } from "../../output.ts";

export const daoList = defineCommand({
  name: "dao list",
  summary: "Show every proposal and where it stands, the newest first",
  details: "Read from the chain alone: it needs no backend.",
  needs: "network",
  args: {},
  options: {},
  examples: ["millrace dao list"],
  handler: async (context) => {
    const chain = await context.chain();
    const [proposals, now] = await Promise.all([listProposals(chain), readNow(chain)]);
    const rows = proposals.map((proposal) => [
      String(proposal.id),
      proposal.state,
      formatMill(proposal.votes.for),
      formatMill(proposal.votes.against),
      proposal.title,
    ]);
    const [newest] = proposals;
    return {
      data: {
        proposals: proposals.map((proposal) => proposalData(proposal, now)),
      },
      text:
        newest === undefined
          ? "No proposal yet.\nnext  millrace dao propose --help"
          : `${formatTable(["proposal", "state", "for", "against", "title"], rows, context.paint)}\nnext  ${nextFor(newest, now)}`,
    };
  },
});
