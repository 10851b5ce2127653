import type { TransactionReceipt } from "viem";
import type { Chain } from "../chain/chain.ts";
import { eventOf } from "../chain/eventOf.ts";
import { requireAccount } from "../chain/requireAccount.ts";
import { send } from "../chain/send.ts";
import { MillraceError } from "../errors/MillraceError.ts";
import { governorAbi } from "../generated/governorAbi.ts";
import type { ProposalAction } from "./actions.ts";

export interface ProposeParameters {
  /** what the timelock does if the token holders agree, in this order */
  actions: readonly ProposalAction[];
  title: string;
  /** further lines */
  body?: string | undefined;
}

/**
 * Puts a proposal to the vote. Nobody else can put the same words to the vote first: they name their proposer.
 * @throws MillraceError `proposal-empty`, `governor-insufficient-proposer-votes`, `governor-unexpected-proposal-state`
 * (the same was proposed before) and as {@link send}
 */
export async function propose(
  chain: Chain,
  { actions, title, body = "" }: ProposeParameters,
): Promise<{ proposal: bigint; voteStart: number; voteEnd: number; receipt: TransactionReceipt }> {
  if (actions.length === 0 || title.trim() === "") {
    throw new MillraceError({
      code: "proposal-empty",
      shortMessage: "A proposal needs a title and at least one action.",
      nextStep: "Name a title and what to do: millrace dao propose --help",
    });
  }
  const words = [title.trim(), body.trim()].filter((part) => part !== "").join("\n\n");
  const { receipt } = await send(chain, {
    address: chain.deployment.contracts.governor,
    abi: governorAbi,
    functionName: "propose",
    args: [
      actions.map(({ target }) => target),
      actions.map(({ value }) => value),
      actions.map(({ data }) => data),
      `${words}\n\n#proposer=${requireAccount(chain).address}`,
    ],
  });
  const created = eventOf(receipt, { abi: governorAbi, eventName: "ProposalCreated" });
  return {
    proposal: created.proposalId,
    voteStart: Number(created.voteStart),
    voteEnd: Number(created.voteEnd),
    receipt,
  };
}
