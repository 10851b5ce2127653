import type { Hex } from "viem";
import type { governorAbi } from "../generated/governorAbi.ts";
import type { votingPowerAbi } from "../generated/votingPowerAbi.ts";
import { proposalStates } from "../governance/proposalStates.ts";
import { formatTime } from "../units.ts";
import { mill, type Explanation, type ExplanationTable } from "./explain.ts";

const look = (proposal: bigint) => `See where it stands: millrace dao show ${proposal.toString()}`;

/** Reverts that only wrong contract settings or code of ours could cause. */
const internal = {
  CheckpointUnorderedInsertion: () => ({
    message: "A past figure can't be changed.",
    nextStep: "Try again in the next block.",
  }),
  ERC6372InconsistentClock: () => ({
    message: "The votes' clock doesn't run on time any more.",
    nextStep: "Check that the deployment record names this network's contracts.",
  }),
  GovernorAlreadyInitializedLatestProposalId: () => ({
    message: "The proposals are numbered already.",
    nextStep: "Nothing is left to do.",
  }),
  GovernorDisabledDeposit: () => ({
    message: "The governor takes no money; the treasury is the timelock.",
    nextStep: "Send it to the treasury: millrace dao treasury",
  }),
  GovernorInvalidVoteParams: () => ({
    message: "A vote takes no parameters here.",
    nextStep: "Vote for, against or abstain without parameters.",
  }),
  GovernorProposalQueueingFailed: ([proposal]: readonly [bigint]) => ({
    message: `Proposal ${proposal.toString()} can't be queued.`,
    nextStep: look(proposal),
  }),
  GovernorProposalQueueingNotRequired: ([proposal]: readonly [bigint]) => ({
    message: `Proposal ${proposal.toString()} needs no queue.`,
    nextStep: look(proposal),
  }),
  InvalidShortString: () => ({ message: "A name is too long.", nextStep: "Use at most 31 bytes." }),
  SafeCastOverflowedUintDowncast: ([bits, value]: readonly [number, bigint]) => ({
    message: `${value.toString()} doesn't fit ${bits} bits.`,
    nextStep: "Give a smaller number.",
  }),
  StringTooLong: () => ({ message: "A name is too long.", nextStep: "Use at most 31 bytes." }),
} satisfies Record<string, (args: never) => Explanation>;

/** The reverts of the governor (OpenZeppelin's Governor) and of the voting power. */
export const governorTable: ExplanationTable<typeof governorAbi> & ExplanationTable<typeof votingPowerAbi> = {
  ...internal,
  FailedCall: () => ({
    message: "A call of the proposal failed without a reason.",
    nextStep: "Simulate the calls one by one to see which one fails.",
  }),
  GovernorAlreadyCastVote: ([voter]) => ({
    message: `${voter} has voted on this proposal already; a vote stands.`,
    nextStep: "See how: millrace dao show <proposal>",
  }),
  GovernorAlreadyQueuedProposal: ([proposal]) => ({
    message: `Proposal ${proposal.toString()} is queued already.`,
    nextStep: look(proposal),
  }),
  GovernorInsufficientProposerVotes: ([proposer, votes, threshold]) => ({
    message: `A proposer needs ${mill(threshold)} of votes; ${proposer} had ${mill(votes)} a second ago.`,
    nextStep: "MILL votes once it is delegated: millrace dao delegate",
    retryable: true,
  }),
  GovernorInvalidProposalLength: ([targets, calldatas, values]) => ({
    message: `A proposal names as many targets as calls and values, and at least one: not ${targets.toString()}, ${calldatas.toString()} and ${values.toString()}.`,
    nextStep: "Name at least one action: millrace dao propose --help",
  }),
  GovernorInvalidQuorumFraction: ([numerator, denominator]) => ({
    message: `A quorum of ${numerator.toString()} in ${denominator.toString()} could never be met.`,
    nextStep: `Propose at most ${denominator.toString()}.`,
  }),
  GovernorInvalidSignature: ([voter]) => ({
    message: `The vote was not signed by ${voter}.`,
    nextStep: "Sign it with the voter's key, for this chain and governor.",
  }),
  GovernorInvalidVoteType: () => ({
    message: "One votes for, against, or abstains.",
    nextStep: "Vote: millrace dao vote <proposal> for",
  }),
  GovernorInvalidVotingPeriod: ([period]) => ({
    message: `A voting period of ${period.toString()} s is too short.`,
    nextStep: "Propose at least one second.",
  }),
  GovernorNonexistentProposal: ([proposal]) => ({
    message: proposal === 0n ? "There is no such proposal." : `There is no proposal ${proposal.toString()}.`,
    nextStep: "See what there is: millrace dao list",
  }),
  GovernorOnlyExecutor: ([account]) => ({
    message: `The governor's rules are changed by a decision of the token holders, not by ${account}.`,
    nextStep: "Propose it: millrace dao propose",
  }),
  GovernorRestrictedProposer: ([proposer]) => ({
    message: `The description says that somebody else proposes this, not ${proposer}.`,
    nextStep: "Leave the #proposer= mark out of the description.",
  }),
  GovernorUnableToCancel: ([proposal, account]) => ({
    message: `${account} can't cancel proposal ${proposal.toString()}: only its proposer can, until the vote begins.`,
    nextStep: `Vote against it: millrace dao vote ${proposal.toString()} against`,
  }),
  GovernorUnexpectedProposalState: ([proposal, current, expected]) => ({
    message: `Proposal ${proposal.toString()} is ${proposalStates[current] ?? "in an unknown state"}${neededStates(expected)}.`,
    nextStep: look(proposal),
    retryable: current === 0,
  }),
  InvalidAccountNonce: ([account, nonce]) => ({
    message: `The signature of ${account} is used or out of turn; its next number is ${nonce.toString()}.`,
    nextStep: "Sign again.",
  }),
  VotesExpiredSignature: ([expiry]) => ({
    message: `The signed delegation expired at ${formatTime(expiry)}.`,
    nextStep: "Sign a new one.",
    retryable: true,
  }),
  VotingPowerReadOnly: () => ({
    message: "Votes are delegated at MILL and at Staking, not here.",
    nextStep: "Delegate both: millrace dao delegate",
  }),
};

/** The states that a call needs, from the governor's bitmap: " and must be active for this". */
function neededStates(bitmap: Hex): string {
  const wanted = proposalStates.filter((_, index) => ((BigInt(bitmap) >> BigInt(index)) & 1n) === 1n);
  return wanted.length === 0 ? "" : `, and must be ${wanted.join(" or ")} for this`;
}
