import { isAddressEqual, zeroAddress, type Address } from "viem";
import type { Chain } from "../chain/chain.ts";
import { read } from "../chain/read.ts";
import { governorAbi } from "../generated/governorAbi.ts";
import { parametersAbi } from "../generated/parametersAbi.ts";
import { timelockAbi } from "../generated/timelockAbi.ts";
import type { ParameterName } from "./parameterSpecs.ts";
import { readEntryPause } from "./readEntryPause.ts";

/** What the token holders have set, and who may pause entry. */
export interface GovernedParameters {
  /** each in its unit (parameterSpecs); MILL with 18 decimals */
  readonly values: Readonly<Record<ParameterName, bigint>>;
  readonly guardian: GuardianState | undefined;
  /** unix seconds at which entry opens again; undefined while it is open */
  readonly entryPausedUntil: number | undefined;
}

export interface GuardianState {
  readonly address: Address;
  /** unix seconds */
  readonly termEndsAt: number;
  /** true until the token holders renew it */
  readonly pauseUsed: boolean;
}

/** Reads every governed figure as of the newest block. */
export async function readParameters(chain: Chain): Promise<GovernedParameters> {
  const [values, rules, guardian, paused] = await Promise.all([
    readValues(chain),
    readRules(chain),
    readGuardian(chain),
    readEntryPause(chain),
  ]);
  return { values: { ...values, ...rules }, guardian, entryPausedUntil: paused };
}

async function readValues(chain: Chain) {
  const contract = { address: chain.deployment.contracts.parameters, abi: parametersAbi } as const;
  const [values, windows] = await Promise.all([
    read(chain, { ...contract, functionName: "values", args: [] }),
    read(chain, { ...contract, functionName: "windows", args: [] }),
  ]);
  return {
    stakePerUnit: values.stakePerUnit,
    thawPeriod: BigInt(values.thawPeriod),
    minFundedEpochs: BigInt(values.minFundedEpochs),
    protocolFeeBps: BigInt(values.protocolFeeBps),
    maxMissedEpochs: BigInt(values.maxMissedEpochs),
    evictionSlashBps: BigInt(values.evictionSlashBps),
    resignNoticeEpochs: BigInt(values.resignNoticeEpochs),
    slashVetoWindow: BigInt(windows.slashVetoWindow),
    matchChallengeWindow: BigInt(windows.matchChallengeWindow),
    disputeWindow: BigInt(windows.disputeWindow),
    maxDisputeDuration: BigInt(windows.maxDisputeDuration),
  };
}

async function readRules(chain: Chain) {
  const { governor, timelock } = chain.deployment.contracts;
  const contract = { address: governor, abi: governorAbi } as const;
  const [votingDelay, votingPeriod, proposalThreshold, quorumPercent, timelockDelay] = await Promise.all([
    read(chain, { ...contract, functionName: "votingDelay", args: [] }),
    read(chain, { ...contract, functionName: "votingPeriod", args: [] }),
    read(chain, { ...contract, functionName: "proposalThreshold", args: [] }),
    read(chain, { ...contract, functionName: "quorumNumerator", args: [] }),
    read(chain, { address: timelock, abi: timelockAbi, functionName: "getMinDelay", args: [] }),
  ]);
  return { votingDelay, votingPeriod, proposalThreshold, quorumPercent, timelockDelay };
}

async function readGuardian(chain: Chain): Promise<GuardianState | undefined> {
  const contract = { address: chain.deployment.contracts.parameters, abi: parametersAbi } as const;
  const [address, termEndsAt, pauseUsed] = await Promise.all([
    read(chain, { ...contract, functionName: "guardian", args: [] }),
    read(chain, { ...contract, functionName: "guardianTermEndsAt", args: [] }),
    read(chain, { ...contract, functionName: "pauseUsed", args: [] }),
  ]);
  return isAddressEqual(address, zeroAddress) ? undefined : { address, termEndsAt, pauseUsed };
}
