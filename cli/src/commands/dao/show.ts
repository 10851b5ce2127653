import { readProposal } from "@millrace/sdk";
import { argument, defineCommand } from "../../command.ts";
import { proposalId } from "../../dao/parse.ts";
import { actionsData, formatProposal, proposalData, readActions, readNow } from "../../dao/report.ts";

export const daoShow = defineCommand({
  name: "dao show",
  summary: "Show what a proposal does, whether it would work, and its votes",
  needs: "network",
  args: { proposal: argument("proposal", "its number", proposalId) },
  options: {},
  examples: ["millrace dao show 1"],
  handler: async (context, { args }) => {
    const chain = await context.chain();
    const [proposal, now] = await Promise.all([readProposal(chain, args.proposal), readNow(chain)]);
    const actions = await readActions(chain, proposal.actions);
    return {
      data: { ...proposalData(proposal, now), actions: actionsData(actions) },
      text: formatProposal(proposal, { actions, now, paint: context.paint }),
    };
  },
});
