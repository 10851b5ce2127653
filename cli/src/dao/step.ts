import { readProposal, type Chain, type ProposalState } from "@millrace/sdk";
import { unlessDone } from "../chain/retake.ts";
import { argument, defineCommand } from "../command.ts";
import { proposalId } from "./parse.ts";
import { nextFor, readNow } from "./report.ts";

interface Step {
  readonly verb: "cancel" | "execute" | "queue";
  readonly summary: string;
  readonly details?: string;
  /** the states in which somebody else, as anyone may, has taken it already */
  readonly done?: readonly ProposalState[];
  readonly take: (
    chain: Chain,
    of: { proposal: bigint },
  ) => Promise<{ receipt: { transactionHash: `0x${string}` } }>;
}

const taken = new Set(["governor-unexpected-proposal-state"]);

/** A command that takes a proposal one step on and says what follows. */
export function defineStep({ verb, summary, details, done = [], take }: Step) {
  return defineCommand({
    ...{ name: `dao ${verb}`, summary, needs: "wallet" },
    ...(details === undefined ? {} : { details }),
    args: { proposal: argument("proposal", "its number", proposalId) },
    options: {},
    examples: [`millrace dao ${verb} 1`],
    handler: async (context, { args }) => {
      const chain = await context.signer();
      context.interruption.next = `Whether it happened shows: millrace dao show ${args.proposal}`;
      const step = take(chain, args);
      const sent = await unlessDone(taken, step);
      const [proposal, now] = await Promise.all([readProposal(chain, args.proposal), readNow(chain)]);
      if (!done.includes(proposal.state)) await step;
      return {
        data: {
          ...{ proposal: args.proposal, state: proposal.state, executableAt: proposal.executableAt ?? null },
          transactionHash: sent?.receipt.transactionHash ?? null,
        },
        text: `Proposal ${args.proposal} is ${proposal.state}${sent === undefined ? " already" : ""}.\nnext  ${nextFor(proposal, now)}`,
      };
    },
  });
}
