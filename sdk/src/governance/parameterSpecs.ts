import { formatUnits } from "viem";
import { parseAmount, millDecimals } from "../units.ts";
import { MillraceError } from "../errors/MillraceError.ts";

/** What a parameter's number counts. */
export type ParameterUnit = "MILL" | "seconds" | "epochs" | "basis points" | "percent";

interface ParameterSpec {
  /** the contract that holds it */
  readonly contract: "parameters" | "governor" | "timelock";
  readonly setter: string;
  readonly unit: ParameterUnit;
}

/** Every figure that the token holders set, with the function that sets it. */
export const parameterSpecs = {
  stakePerUnit: { contract: "parameters", setter: "setStakePerUnit", unit: "MILL" },
  thawPeriod: { contract: "parameters", setter: "setThawPeriod", unit: "seconds" },
  minFundedEpochs: { contract: "parameters", setter: "setMinFundedEpochs", unit: "epochs" },
  protocolFeeBps: { contract: "parameters", setter: "setProtocolFeeBps", unit: "basis points" },
  maxMissedEpochs: { contract: "parameters", setter: "setMaxMissedEpochs", unit: "epochs" },
  evictionSlashBps: { contract: "parameters", setter: "setEvictionSlashBps", unit: "basis points" },
  resignNoticeEpochs: { contract: "parameters", setter: "setResignNoticeEpochs", unit: "epochs" },
  slashVetoWindow: { contract: "parameters", setter: "setSlashVetoWindow", unit: "seconds" },
  matchChallengeWindow: { contract: "parameters", setter: "setMatchChallengeWindow", unit: "epochs" },
  disputeWindow: { contract: "parameters", setter: "setDisputeWindow", unit: "seconds" },
  maxDisputeDuration: { contract: "parameters", setter: "setMaxDisputeDuration", unit: "seconds" },
  votingDelay: { contract: "governor", setter: "setVotingDelay", unit: "seconds" },
  votingPeriod: { contract: "governor", setter: "setVotingPeriod", unit: "seconds" },
  proposalThreshold: { contract: "governor", setter: "setProposalThreshold", unit: "MILL" },
  quorumPercent: { contract: "governor", setter: "updateQuorumNumerator", unit: "percent" },
  timelockDelay: { contract: "timelock", setter: "updateDelay", unit: "seconds" },
} as const satisfies Record<string, ParameterSpec>;

export type ParameterName = keyof typeof parameterSpecs;
export const parameterNames = Object.keys(parameterSpecs) as ParameterName[];

/** A parameter's value in words: "250 MILL", "60 s", "24 epochs", "1 %". */
export function formatParameter(name: ParameterName, value: bigint): string {
  const { unit } = parameterSpecs[name];
  if (unit === "MILL") return `${formatUnits(value, millDecimals)} MILL`;
  if (unit === "basis points") return `${formatUnits(value, 2)} %`;
  if (unit === "percent") return `${value.toString()} %`;
  if (unit === "seconds") return `${value.toString()} s`;
  return `${value.toString()} ${value === 1n ? "epoch" : "epochs"}`;
}

/**
 * Reads a typed value ("250") in the parameter's own unit: MILL, seconds, epochs, basis points or percent.
 * @throws MillraceError `parameter-value-invalid` or `amount-invalid`
 */
export function parseParameter(name: ParameterName, text: string): bigint {
  const { unit } = parameterSpecs[name];
  if (unit === "MILL") return parseAmount(text, millDecimals);
  if (/^\d{1,30}$/.test(text)) return BigInt(text);
  throw new MillraceError({
    code: "parameter-value-invalid",
    shortMessage: `"${text}" is no value for ${name}: it counts whole ${unit}.`,
    nextStep: `Write a whole number of ${unit}, for example ${name}=10.`,
  });
}
