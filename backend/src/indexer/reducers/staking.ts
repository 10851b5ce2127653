import { change, create, type Reducers } from "./reducer.ts";

type StakingEvent =
  | "StakingBound"
  | "Staked"
  | "ThawRequested"
  | "ThawWithdrawn"
  | "StakeSlashed"
  | "DelegateChanged"
  | "DelegateVotesChanged";

/** docs/protocol.md, "Staking". What a match locks and a release unlocks is in the events of Deals. */
export const stakingReducers: Reducers<StakingEvent> = {
  StakingBound: null,
  // Votes at a moment are the contract's to say.
  DelegateChanged: null,
  DelegateVotesChanged: null,

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

  StakeSlashed: async ({ rows }, { args: { provider, amount } }) => {
    await change(rows, "stake", { provider }, ({ locked, slashed }) => ({
      locked: locked - amount,
      slashed: slashed + amount,
    }));
  },
};
