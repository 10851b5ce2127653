import { zeroAddress, type Abi, type ContractEventArgsFromTopics, type ContractEventName } from "viem";
import { endCauses, nameAt, refusals, type EndCauseName } from "../../api/schemas/names.ts";
import { digestToCid } from "../../cid.ts";
import type { dealsAbi } from "../../generated/dealsAbi.ts";
import type { modulesAbi } from "../../generated/modulesAbi.ts";
import { formatToken, millUnits, type TokenUnits } from "../../units.ts";
import { describeRefusal, type RefusalContext } from "../describeWaiting.ts";

/** What the sentences need to know. */
export interface EventContext {
  /** the deal's payment token; unknown ones are shown in smallest units */
  token: TokenUnits | undefined;
  /** what the deal asks for; unknown: a match's reasons are left out */
  terms: RefusalContext["terms"] | undefined;
  /** last epoch decided before this event; undefined: not known */
  decidedThrough: number | undefined;
}

/** An event in words. */
export interface EventWords {
  sentence: string;
  /** true: it happens all the time and tells little */
  routine?: boolean;
}

/** The events that tell of a deal's life. */
export type DealEventName =
  | "DealCreated"
  | "Deposited"
  | "Withdrawn"
  | "EpochsDecided"
  | "WorkerAssigned"
  | "NodeSkipped"
  | "WorkerResigned"
  | "WorkerEnded"
  | "WorkerSlashed"
  | "WorkerReleased"
  | "WorkerPaid"
  | "WorkerReplaced"
  | "TipHeld"
  | "TipPaid"
  | "TargetChanged"
  | "TargetScaled"
  | "ScalerChanged"
  | "ProviderBarred"
  | "ProviderUnbarred"
  | "DealEnded";

type Table<abi extends Abi, names extends ContractEventName<abi>> = {
  readonly [name in names]: (
    args: Required<ContractEventArgsFromTopics<abi, name>>,
    context: EventContext,
  ) => EventWords;
};

const ends: Record<EndCauseName, string> = {
  dismissed: "was dismissed by the owner",
  resigned: "left as its provider had announced",
  leftInsolvent: "left because the deal could not pay",
  evicted: "was evicted: it missed too many epochs in a row",
  replaced: "gave way to a cheaper node",
  slashed: "was ended by a slash",
  dealEnded: "stopped with the deal",
};

/** What each event of Deals that names a deal means to its owner. */
export const dealEventWords: Table<typeof dealsAbi, DealEventName> = {
  DealCreated: ({ terms, epoch }) => ({
    sentence: `The deal was created in epoch ${epoch}: it wants ${plural(terms.targetWorkers, "worker")} of ${plural(terms.unitsPerWorker, "unit")}.`,
  }),
  Deposited: ({ payer, amount }, { token }) => ({
    sentence: `${payer} put in ${formatToken(amount, token)}.`,
  }),
  Withdrawn: ({ to, amount }, { token }) => ({
    sentence: `${formatToken(amount, token)} went back to ${to}.`,
  }),
  EpochsDecided: ({ throughEpoch, fundedEpochs, charged }, { token, decidedThrough }) => {
    const decided = decidedThrough === undefined ? undefined : throughEpoch - decidedThrough;
    const paid = `${plural(fundedEpochs, "epoch")} through epoch ${throughEpoch} cost ${formatToken(charged, token)}`;
    return decided === undefined || decided <= fundedEpochs
      ? { sentence: `${paid}.`, routine: true }
      : {
          sentence: `The money was not enough for ${plural(decided - fundedEpochs, "epoch")} before epoch ${throughEpoch + 1}: the workers paused.`,
        };
  },
  WorkerAssigned: ({ node, provider, pricePerUnitEpoch, firstEpoch }, { token }) => ({
    sentence: `Node ${node} of provider ${provider} works for it, at ${formatToken(pricePerUnitEpoch, token)} per unit and epoch from epoch ${firstEpoch} on.`,
  }),
  NodeSkipped: ({ node, refusal }, { terms, token }) => {
    const passed = `A match passed over node ${node}`;
    if (terms === undefined) return { sentence: `${passed}.`, routine: true };
    const reason = describeRefusal(nameAt(refusals, refusal), 1, { terms, token });
    return { sentence: `${passed}: it ${reason}.`, routine: true };
  },
  WorkerResigned: ({ node, noticeEpoch }) => ({
    sentence: `The provider of node ${node} gave notice: it leaves with epoch ${noticeEpoch} at the earliest.`,
  }),
  WorkerEnded: ({ node, cause, lastEpoch }) => ({
    sentence: `Node ${node} ${ends[nameAt(endCauses, cause - 1)]}. Its last epoch is ${lastEpoch}.`,
  }),
  WorkerSlashed: ({ node, slash, amount }) => ({
    sentence: `The provider of node ${node} was slashed by ${formatToken(amount, millUnits)} (slash ${slash}). If it is not vetoed, 40 % of that is the owner's.`,
  }),
  WorkerReleased: ({ node }) => ({ sentence: `The units of node ${node} are free again.`, routine: true }),
  WorkerPaid: ({ node, throughEpoch, pay, refund }, { token }) => ({
    sentence:
      `Node ${node} is settled through epoch ${throughEpoch}: it earned ${formatToken(pay, token)}` +
      (refund === 0n
        ? "."
        : `, and ${formatToken(refund, token)} for epochs it missed come back to the owner.`),
    routine: refund === 0n,
  }),
  WorkerReplaced: ({ replaced, candidate, challenger, share }, { token }) => ({
    sentence:
      `${challenger} showed that node ${candidate} was cheaper than node ${replaced} all along` +
      (share === 0n ? "." : ` and is to get ${formatToken(share, token)} of the tip.`),
  }),
  TipHeld: ({ node, matcher, amount }, { token }) => ({
    sentence: `${formatToken(amount, token)} is held for ${matcher}, who matched node ${node}.`,
    routine: true,
  }),
  TipPaid: ({ node, matcher, matcherAmount, challenger, challengerAmount }, { token }) => ({
    sentence:
      `The tip for node ${node} was paid: ${formatToken(matcherAmount, token)} to ${matcher}` +
      (challengerAmount === 0n ? "." : `, ${formatToken(challengerAmount, token)} to ${challenger}.`),
  }),
  TargetChanged: ({ targetWorkers }) => ({
    sentence: `It wants ${plural(targetWorkers, "worker")} from now on.`,
  }),
  TargetScaled: ({ key, epoch }) => ({
    sentence: `The scaler ${key} changed how many workers it wants; it can again from epoch ${epoch + 1} on.`,
  }),
  ScalerChanged: ({ key, capPerEpoch }, { token }) => ({
    sentence:
      key === zeroAddress
        ? "The owner took the scaler's right away: nobody else changes how many workers it wants."
        : `The owner lets ${key} change how many workers it wants, as long as it can't cost more than ${formatToken(capPerEpoch, token)} in an epoch.`,
  }),
  ProviderBarred: ({ provider }) => ({
    sentence: `Provider ${provider} was barred: none of its nodes is taken.`,
  }),
  ProviderUnbarred: ({ provider }) => ({ sentence: `Provider ${provider} may be taken again.` }),
  DealEnded: ({ endEpoch, insolvent }) => ({
    sentence: insolvent
      ? `The deal ended with epoch ${endEpoch}: it could not pay for too long.`
      : `The owner stopped the deal; its last epoch is ${endEpoch}.`,
  }),
};

/** What each event of Modules means to the deal's owner. */
export const moduleEventWords: Table<typeof modulesAbi, "ModuleChanged"> = {
  ModuleChanged: ({ version, fromEpoch, moduleDigest }) => ({
    sentence: `Version ${version} of the function was set: ${digestToCid(moduleDigest)}, from epoch ${fromEpoch} on.`,
  }),
};

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
