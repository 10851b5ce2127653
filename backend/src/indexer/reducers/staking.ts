import { change, create, type Reducers } from "./reducer.ts";

type StakingEvent =
  | "StakingBound"
  | "Staked"
  | "ThawRequested"
  | "ThawWithdrawn"
  | "StakeSlashed"
  | "SlashVetoed"
  | "SlashExecuted"
  | "SharesWithdrawn"
  | "SlasherAdded"
  | "SlasherRemoved"
  | "DelegateChanged"
  | "DelegateVotesChanged";

/** docs/protocol.md, "Staking". What a match locks and a release unlocks is in the events of Deals. */
export const stakingReducers: Reducers<StakingEvent> = {
  StakingBound: null,
  // Votes at a moment are the contract's to say.
  DelegateChanged: null,
  DelegateVotesChanged: null,
  // Who may slash, and what shares are left, is read from the contract.
  SharesWithdrawn: null,
  SlasherAdded: null,
  SlasherRemoved: null,

  Staked: async ({ rows }, { args: { provider, amount } }) => {
    await change(rows, "stake", { provider }, ({ free }) => ({ free: free + amount }));
  },

  ThawRequested: async ({ rows }, { args: { provider, thaw, amount, readyAt } }) => {
    await change(rows, "stake", { provider }, ({ free, thawing }) => ({
      free: free - amount,
      thawing: thawing + amount,
    }));
    const row = { provider, thaw, amount, readyAt: Number(readyAt), withdrawn: false };
    await create(rows, "thaw", { provider, thaw }, row);
  },

  ThawWithdrawn: async ({ rows }, { args: { provider, thaw, amount } }) => {
    await change(rows, "stake", { provider }, ({ thawing }) => ({ thawing: thawing - amount }));
    await change(rows, "thaw", { provider, thaw }, () => ({ withdrawn: true }));
  },

  // Which worker lost it is in the event of Deals that follows.
  StakeSlashed: async ({ rows }, { args, blockNumber }) => {
    const { provider, amount, owner, reporter } = args;
    await change(rows, "stake", { provider }, ({ locked, escrowed }) => ({
      locked: locked - amount,
      escrowed: escrowed + amount,
    }));
    const id = Number(args.slash);
    const row = { id, provider, deal: null, node: null, amount, owner, reporter };
    const stands = { vetoEndsAt: args.vetoEndsAt, state: "escrowed", slashedAtBlock: blockNumber } as const;
    await create(rows, "slash", { id }, { ...row, ...stands });
  },

  SlashVetoed: async ({ rows }, { args: { slash, provider, amount } }) => {
    await change(rows, "slash", { id: Number(slash) }, () => ({ state: "vetoed" as const }));
    await change(rows, "stake", { provider }, ({ free, escrowed }) => ({
      free: free + amount,
      escrowed: escrowed - amount,
    }));
  },

  SlashExecuted: async ({ rows }, { args: { slash, provider } }) => {
    const executed = { state: "executed" } as const;
    const { amount } = await change(rows, "slash", { id: Number(slash) }, () => executed);
    await change(rows, "stake", { provider }, ({ escrowed, slashed }) => ({
      escrowed: escrowed - amount,
      slashed: slashed + amount,
    }));
  },
};
