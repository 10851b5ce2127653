import type { TransactionReceipt } from "viem";
import type { Chain } from "../chain/chain.ts";
import { eventOf } from "../chain/eventOf.ts";
import { read } from "../chain/read.ts";
import { requireAccount } from "../chain/requireAccount.ts";
import { send } from "../chain/send.ts";
import { MillraceError } from "../errors/MillraceError.ts";
import { governorAbi } from "../generated/governorAbi.ts";
import { proposalStates, voteChoices, type VoteChoice } from "./proposalStates.ts";

export interface CastVoteParameters {
  proposal: bigint;
  choice: VoteChoice;
  /** kept in the chain's events */
  reason?: string | undefined;
}

/**
 * Votes with all votes that the account had when the vote began. A vote stands.
 * @returns the votes it counted for (MILL, 18 decimals)
 * @throws MillraceError `votes-missing` (none were delegated to the account in time), `governor-already-cast-vote`,
 * `governor-unexpected-proposal-state`, `governor-nonexistent-proposal` and as {@link send}
 */
export async function castVote(
  chain: Chain,
  { proposal, choice, reason = "" }: CastVoteParameters,
): Promise<{ votes: bigint; receipt: TransactionReceipt }> {
  const governor = { address: chain.deployment.contracts.governor, abi: governorAbi } as const;
  await requireVotes(chain, proposal);
  const { receipt } = await send(chain, {
    ...governor,
    functionName: "castVoteWithReason",
    args: [proposal, voteChoices.indexOf(choice), reason],
  });
  return { votes: eventOf(receipt, { abi: governorAbi, eventName: "VoteCast" }).weight, receipt };
}

/** The governor takes a vote of nothing; whoever sends one has forgotten to delegate. */
async function requireVotes(chain: Chain, proposal: bigint): Promise<void> {
  const governor = { address: chain.deployment.contracts.governor, abi: governorAbi } as const;
  const account = requireAccount(chain).address;
  const state = await read(chain, { ...governor, functionName: "state", args: [proposal] });
  // Another state is refused by the contract, in its own words.
  if (proposalStates[state] !== "active") return;
  const snapshot = await read(chain, { ...governor, functionName: "proposalSnapshot", args: [proposal] });
  const votes = await read(chain, { ...governor, functionName: "getVotes", args: [account, snapshot] });
  if (votes > 0n) return;
  throw new MillraceError({
    code: "votes-missing",
    shortMessage: `${account} had no votes when the vote on proposal ${proposal.toString()} began.`,
    nextStep: "Delegate now, for the next proposal: millrace dao delegate",
  });
}
