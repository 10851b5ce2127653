import { formatUnits, type Abi, type ContractErrorArgs, type ContractErrorName } from "viem";
import type { Deployment } from "../chain/deployment.ts";
import { formatTime, formatToken, millDecimals, type TokenUnits } from "../units.ts";

/** A revert in words. */
export interface Explanation {
  /** one sentence with the values in it */
  message: string;
  /** what to do now */
  nextStep: string;
  /** true if the same call may succeed later without any change by the caller */
  retryable?: boolean;
}

/** What the sentences need to know of the network. */
export interface ExplainContext {
  deployment?: Deployment | undefined;
  /** the token amounts are in, if the caller knows; else the network's only payment token is taken */
  token?: TokenUnits | undefined;
}

/** One entry per custom error of an ABI; a missing one doesn't type-check. */
export type ExplanationTable<abi extends Abi> = {
  readonly [name in ContractErrorName<abi>]: (
    args: ContractErrorArgs<abi, name>,
    context: ExplainContext,
  ) => Explanation;
};

/** The reverts of the epoch clock that Registry and Deals share. */
export const epochClockTable = {
  EpochDurationZero: (): Explanation => ({
    message: "An epoch must last at least one second.",
    nextStep: "Set a longer epoch in the network's settings.",
  }),
  EpochGenesisInFuture: (): Explanation => ({
    message: "Epoch 0 must have begun when the contracts are deployed.",
    nextStep: "Set a genesis that is not after the deployment.",
  }),
};

/** What the guardian's pause refuses, until `until` (unix seconds), in Registry and Deals alike. */
export function entryPaused(until: number): Explanation {
  return {
    message: `The guardian has closed the entry until ${formatTime(until)}: no new providers, nodes, offers, deals or matches. Leaving is never paused.`,
    nextStep: "See who closed it: millrace dao params. Try again after that time.",
    retryable: true,
  };
}

/** An amount of the payment token in words. */
export function payment(value: bigint, context: ExplainContext): string {
  return formatToken(value, paymentUnits(context));
}

/** An amount of the payment token as a command takes it. */
export function paymentNumber(value: bigint, context: ExplainContext): string {
  const units = paymentUnits(context);
  return units === undefined ? value.toString() : formatUnits(value, units.decimals);
}

/** An amount of MILL (18 decimals) in words. */
export function mill(value: bigint): string {
  return formatToken(value, { symbol: "MILL", decimals: millDecimals });
}

/** "epoch 12", with when it starts if the network's clock is known. */
export function epochInWords(epoch: number, { deployment }: ExplainContext): string {
  if (deployment === undefined) return `epoch ${epoch}`;
  const start = deployment.genesis + epoch * deployment.epochDuration;
  return `epoch ${epoch} (from ${formatTime(start)})`;
}

function paymentUnits({ token, deployment }: ExplainContext): TokenUnits | undefined {
  if (token !== undefined) return token;
  const [only, ...others] = deployment?.paymentTokens ?? [];
  return others.length === 0 ? only : undefined;
}
