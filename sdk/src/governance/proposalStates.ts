/** The states of a proposal, in the order of the governor's numbers. */
export const proposalStates = [
  "pending",
  "active",
  "cancelled",
  "defeated",
  "succeeded",
  "queued",
  "expired",
  "executed",
] as const;
export type ProposalState = (typeof proposalStates)[number];

/** How one votes, in the order of the governor's numbers. */
export const voteChoices = ["against", "for", "abstain"] as const;
export type VoteChoice = (typeof voteChoices)[number];
