import { refusals } from "../api/schemas/names.ts";
import type { dealsAbi } from "../generated/dealsAbi.ts";
import {
  entryPaused,
  epochClockTable,
  epochInWords,
  payment,
  paymentNumber,
  type ExplanationTable,
} from "./explain.ts";
import { formatTime } from "../units.ts";

/** The reverts of Deals. */
export const dealsTable: ExplanationTable<typeof dealsAbi> = {
  ...epochClockTable,
  DealsUnauthorized: ([deal, caller, expected]) => ({
    message: `Only ${expected} may do this with deal ${deal.toString()}, and it was sent from ${caller}.`,
    nextStep: `Sign with that account's wallet: --wallet <name>`,
  }),
  DealsUnknown: ([deal]) => ({
    message: `There is no deal ${deal.toString()}.`,
    nextStep: "List the deals: millrace deal list",
  }),
  DealsTermsMismatch: ([deal, expected, actual]) => ({
    message: `These are not the terms of deal ${deal.toString()}: their hash is ${actual}, the deal's is ${expected}.`,
    nextStep: "Take the terms from the deal's DealCreated event (readTerms).",
  }),
  DealsTermsInvalid: ([field]) => ({
    message: `The terms can't be accepted: ${field} is out of its bounds.`,
    nextStep: `Change ${field}; the bounds are in docs/protocol.md, "Deals".`,
  }),
  DealsDepositTooSmall: ([deposit, minimum], context) => ({
    message: `The deposit of ${payment(deposit, context)} is below the minimum of ${payment(minimum, context)} for these terms.`,
    nextStep: `Deposit at least ${payment(minimum, context)}, or lower the price limit, the units or the workers.`,
  }),
  DealsTransferMismatch: ([token, expected, received], context) => ({
    message: `The token ${token} delivered ${payment(received, context)} of ${payment(expected, context)}.`,
    nextStep: "Tokens that charge a fee on transfer can't pay for deals; choose another.",
  }),
  DealsZeroAmount: () => ({ message: "The amount is zero.", nextStep: "Give an amount above zero." }),
  DealsZeroAddress: () => ({ message: "An address is zero.", nextStep: "Name a recipient." }),
  DealsEnded: ([deal, endEpoch], context) => ({
    message: `Deal ${deal.toString()} ends with ${epochInWords(endEpoch, context)}; this can't be done any more.`,
    nextStep: `Take out the rest: millrace deal withdraw ${deal.toString()}`,
  }),
  DealsTargetReached: ([deal, target]) => ({
    message: `Deal ${deal.toString()} has all ${target} workers it wants.`,
    nextStep: `See them: millrace deal show ${deal.toString()}`,
  }),
  DealsBelowMinimumWorkers: ([deal, workers, minimum]) => ({
    message: `Deal ${deal.toString()} would have ${workers.toString()} workers, and its terms ask for at least ${minimum.toString()}.`,
    nextStep: `See what it waits for: millrace deal show ${deal.toString()}`,
    retryable: true,
  }),
  DealsBalanceTooSmall: ([deal, balance, needed], context) => ({
    message: `Deal ${deal.toString()} holds ${payment(balance, context)} and needs ${payment(needed, context)}.`,
    nextStep: `Top it up: millrace deal fund ${deal.toString()} ${paymentNumber(needed - balance, context)}`,
  }),
  DealsNothingMatched: ([deal]) => ({
    message: `None of the proposed nodes can work for deal ${deal.toString()} now.`,
    nextStep: `See why: millrace deal show ${deal.toString()}`,
    retryable: true,
  }),
  DealsWorkerUnknown: ([deal, node]) => ({
    message: `Node ${node} has no worker in deal ${deal.toString()}.`,
    nextStep: `See its workers: millrace deal show ${deal.toString()}`,
  }),
  DealsWorkerEnded: ([deal, node, lastEpoch], context) => ({
    message: `The worker of node ${node} in deal ${deal.toString()} ends with ${epochInWords(lastEpoch, context)} already.`,
    nextStep: `See its workers: millrace deal show ${deal.toString()}`,
  }),
  DealsWorkerNotStarted: ([deal, node, firstEpoch], context) => ({
    message: `The worker of node ${node} in deal ${deal.toString()} starts with ${epochInWords(firstEpoch, context)} and runs at least that epoch.`,
    nextStep: "Try again in that epoch.",
    retryable: true,
  }),
  DealsWorkerRunning: ([deal, node]) => ({
    message: `The worker of node ${node} in deal ${deal.toString()} still runs.`,
    nextStep: "Try again after its last epoch.",
    retryable: true,
  }),
  DealsWorkerDisputable: ([deal, node, until]) => ({
    message: `What node ${node} served in deal ${deal.toString()} can be disputed until ${formatTime(Number(until))}: nothing of its worker is released before.`,
    nextStep: "Try again then.",
    retryable: true,
  }),
  DealsNoticeNotOver: ([deal, node, noticeEpoch], context) => ({
    message: `Node ${node} gave notice in deal ${deal.toString()}; it can leave from ${epochInWords(noticeEpoch, context)} on.`,
    nextStep: "Try again then.",
    retryable: true,
  }),
  DealsAlreadyResigned: ([deal, node, noticeEpoch], context) => ({
    message: `Node ${node} gave notice in deal ${deal.toString()} already; it can leave from ${epochInWords(noticeEpoch, context)} on.`,
    nextStep: "Nothing is left to do until then; the node goes on serving.",
  }),
  DealsNotResigned: ([deal, node]) => ({
    message: `Node ${node} gave no notice in deal ${deal.toString()}.`,
    nextStep: "The provider's owner resigns first, or the deal's owner dismisses the worker.",
  }),
  DealsNotInsolvent: ([deal]) => ({
    message: `Deal ${deal.toString()} is funded, so a worker leaves it only with notice.`,
    nextStep: "Resign first; the worker can end when the notice is over.",
  }),
  DealsNotEvictable: ([deal, node, missed, needed]) => ({
    message: `Node ${node} missed ${missed.toString()} counted epochs in a row for deal ${deal.toString()}; eviction needs ${needed.toString()}.`,
    retryable: true,
    nextStep: "Try again after its next missed epoch.",
  }),
  DealsSlasherUnauthorized: ([caller]) => ({
    message: `${caller} may not slash: the token holders have not named it, or it does not count yet.`,
    nextStep: "See who may: millrace dao slashes",
  }),
  DealsNothingToSlash: ([deal, node, slashedBps]) => ({
    message: `Of the lock of node ${node} in deal ${deal.toString()} ${(slashedBps / 100).toString()} % were slashed, and nothing more can be.`,
    nextStep: "Ask for at least one basis point; a lock that is slashed whole has nothing left.",
  }),
  DealsTargetOutOfBounds: ([deal, target, minimum, maximum]) => ({
    message: `Deal ${deal.toString()} can't want ${target} workers: its terms set the bounds ${minimum} and ${maximum}.`,
    nextStep: `Choose a number between them; see the deal: millrace deal show ${deal.toString()}`,
  }),
  DealsWorkersAboveTarget: ([deal, workers, target]) => ({
    message: `Deal ${deal.toString()} would keep ${workers.toString()} workers, and you asked for ${target}.`,
    nextStep: `Name the nodes to dismiss; see them: millrace deal show ${deal.toString()}`,
  }),
  DealsScalerCapExceeded: ([deal, cost, cap], context) => ({
    message: `Deal ${deal.toString()} could cost ${payment(cost, context)} in an epoch with that target, and its owner lets the scaler spend ${payment(cap, context)}.`,
    nextStep: `Choose a lower target, or ask the owner for a higher cap: millrace deal scaler ${deal.toString()} set`,
  }),
  DealsScalerTooSoon: ([deal, epoch, nextEpoch], context) => ({
    message: `The target of deal ${deal.toString()} was changed by its scaler in ${epochInWords(epoch, context)}; it can be again in ${epochInWords(nextEpoch, context)}.`,
    nextStep: "Try again then, or send it as the deal's owner.",
    retryable: true,
  }),
  DealsScalerDismissal: ([deal, dismissed, surplus]) => ({
    message: `A scaler can dismiss only the ${surplus.toString()} workers of deal ${deal.toString()} above the new target, not ${dismissed.toString()}.`,
    nextStep: "Name fewer nodes, or send it as the deal's owner.",
  }),
  DealsOutOfGas: () => ({
    message: "The gas given would not have done what was asked, so nothing was done.",
    nextStep: "Give the transaction more gas; for a claim of many workers, some for each of them.",
    retryable: true,
  }),
  DealsEntryPaused: ([until]) => entryPaused(until),
  DealsNothingOwed: ([account, token]) => ({
    message: `Nothing is owed to ${account} in the token ${token}.`,
    nextStep: "See what is owed: millrace provider status, or millrace deal show <deal>",
  }),
  DealsChallengeOver: ([deal, node, challengeEndEpoch], context) => ({
    message: `The worker of node ${node} in deal ${deal.toString()} could be challenged through ${epochInWords(challengeEndEpoch, context)}.`,
    nextStep: "Its place is its own now; the deal's owner can dismiss it.",
  }),
  DealsCandidateRefused: ([deal, node, refusal]) => ({
    message: `Deal ${deal.toString()} would not take node ${node} (${refusals[refusal] ?? `refusal ${refusal}, newer than this program`}).`,
    nextStep: `Name a node that is eligible; what the deal asks for: millrace deal show ${deal.toString()}`,
  }),
  DealsCandidateChanged: ([deal, node, changedEpoch, matchEpoch], context) => ({
    message: `Node ${node} or its offer was changed in ${epochInWords(changedEpoch, context)}, and the match for deal ${deal.toString()} was made in ${epochInWords(matchEpoch, context)}.`,
    nextStep: "Name a node whose offer stood unchanged before the epoch of the match.",
  }),
  DealsNotCheaper: ([deal, node, ask, price], context) => ({
    message: `Node ${node} asks ${payment(ask, context)}, which is not below the price of ${payment(price, context)} by more than the tolerance of deal ${deal.toString()}.`,
    nextStep: "Name a cheaper node; the tolerance stands in the deal's terms.",
  }),
  DealsNoTip: ([deal, node]) => ({
    message: `No tip is held for the worker of node ${node} in deal ${deal.toString()}.`,
    nextStep: "It was paid before, or the deal pays none.",
  }),
  DealsTipHeld: ([deal, node, challengeEndEpoch], context) => ({
    message: `The tip for node ${node} in deal ${deal.toString()} is held through ${epochInWords(challengeEndEpoch, context)}.`,
    nextStep: "Try again after that epoch.",
    retryable: true,
  }),
  DealsWithdrawTooLarge: ([deal, wanted, withdrawable], context) => ({
    message: `Deal ${deal.toString()} lets go of ${payment(withdrawable, context)} now, not of ${payment(wanted, context)}.`,
    nextStep: `Withdraw at most ${payment(withdrawable, context)}, or stop the deal first: millrace deal stop ${deal.toString()}`,
  }),
};
