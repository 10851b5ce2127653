import { formatUnits, isAddressEqual, zeroAddress } from "viem";
import type { stakingAbi } from "../generated/stakingAbi.ts";
import { formatTime, millDecimals } from "../units.ts";
import { mill, type ExplanationTable } from "./explain.ts";

/** The reverts of Staking. */
export const stakingTable: ExplanationTable<typeof stakingAbi> = {
  StakingUnauthorized: ([caller, expected]) => ({
    message: `Only ${expected} may do this with the stake, and it was sent from ${caller}.`,
    nextStep: `Sign with that account's wallet: --wallet <name>`,
  }),
  StakingAlreadyBound: ([deals]) => ({
    message: `Staking is bound to ${deals} already.`,
    nextStep: "Nothing is left to do: it is bound once, for good.",
  }),
  StakingProviderUnknown: ([provider]) => ({
    message: `There is no provider ${provider}.`,
    nextStep: "Register first: millrace provider register",
  }),
  StakingZeroAmount: () => ({ message: "The amount is zero.", nextStep: "Give an amount above zero." }),
  StakingZeroAddress: () => ({ message: "An address is zero.", nextStep: "Name a recipient." }),
  StakingFreeStakeShort: ([provider, free, wanted]) => ({
    message: `Provider ${provider} has ${mill(free)} of free stake, ${mill(wanted)} are needed.`,
    nextStep: `Stake more: millrace provider stake ${formatUnits(wanted - free, millDecimals)}`,
  }),
  StakingLockedStakeShort: ([provider, locked, wanted]) => ({
    message: `Provider ${provider} has ${mill(locked)} locked behind workers, less than ${mill(wanted)}.`,
    nextStep: "See what is locked: millrace provider status",
  }),
  StakingThawUnknown: ([provider, thaw]) => ({
    message: `Provider ${provider} has no thaw request ${thaw}, or it was withdrawn.`,
    nextStep: "See what thaws: millrace provider status",
  }),
  StakingSlashUnknown: ([slash]) => ({
    message: `There is no slash ${slash.toString()}, or it was vetoed or executed.`,
    nextStep: "See what is in escrow: millrace dao slashes",
  }),
  StakingVetoNotOver: ([vetoEndsAt, nowSeconds]) => ({
    message: `The slash can be vetoed for ${(vetoEndsAt - nowSeconds).toString()} more seconds.`,
    nextStep: `Execute it from ${formatTime(vetoEndsAt)} on.`,
    retryable: true,
  }),
  StakingVetoOver: ([vetoEndsAt]) => ({
    message: `The slash could be vetoed until ${formatTime(vetoEndsAt)}.`,
    nextStep: "Nothing can stop it any more: anyone may execute it.",
  }),
  StakingVetoUnauthorized: ([caller, admin, guardian, guardianTermEndsAt]) => ({
    message: isAddressEqual(guardian, zeroAddress)
      ? `Only the token holders may veto a slash, through ${admin}, not ${caller}.`
      : `Only the token holders may veto a slash, through ${admin}, and the guardian ${guardian} until ${formatTime(guardianTermEndsAt)}, not ${caller}.`,
    nextStep: "Put it to the vote: millrace dao propose --veto-slash <slash>",
  }),
  StakingNoShares: ([account]) => ({
    message: `${account} has no share of an executed slash.`,
    nextStep: "See what is in escrow: millrace dao slashes",
  }),
  StakingSlasherKnown: ([slasher, activeFrom]) => ({
    message: `${slasher} is a slasher already, from ${formatTime(activeFrom)} on.`,
    nextStep: "Nothing is left to do but to wait for that.",
  }),
  StakingSlasherUnknown: ([slasher]) => ({
    message: `${slasher} is no slasher.`,
    nextStep: "See who is: millrace dao slashes",
  }),
  StakingFutureLookup: ([timepoint, nowSeconds]) => ({
    message: `Votes of ${formatTime(timepoint)} are not known before that second is over; it is ${formatTime(nowSeconds)}.`,
    nextStep: "Ask again a second later.",
    retryable: true,
  }),
  StakingThawNotReady: ([readyAt, nowSeconds]) => ({
    message: `The stake thaws for ${(readyAt - nowSeconds).toString()} more seconds.`,
    nextStep: `Withdraw it from ${formatTime(readyAt)} on.`,
    retryable: true,
  }),
};
