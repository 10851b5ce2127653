import { readProposal, type Chain } from "@millrace/sdk";
import { argument, defineCommand } from "../command.ts";
import { proposalId } from "./parse.ts";
import { nextFor, readNow } from "./report.ts";

interface Step {
  readonly verb: "cancel" | "execute" | "queue";
  readonly summary: string;
  readonly details?: string;
  readonly take: (
    chain: Chain,
    of: { proposal: bigint },
  ) => Promise<{ receipt: { transactionHash: `0x${string}` } }>;
}

/** A command that takes a proposal one step on and says what follows. */
export function defineStep({ verb, summary, details, take }: Step) {
  return defineCommand({
    ...{ name: `dao ${verb}`, summary, needs: "wallet" },
    ...(details === undefined ? {} : { details }),
    args: { proposal: argument("proposal", "its number", proposalId) },
    options: {},
    examples: [`millrace dao ${verb} 1`],
    handler: async (context, { args }) => {
      const chain = await context.signer();
      context.interruption.next = `Whether it happened shows: millrace dao show ${args.proposal}`;
      const { receipt } = await take(chain, args);
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
}
