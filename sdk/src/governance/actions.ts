import { encodeFunctionData, type Address, type Hex } from "viem";
import { tokenAbi } from "../abi/tokenAbi.ts";
import type { Deployment } from "../chain/deployment.ts";
import { MillraceError } from "../errors/MillraceError.ts";
import { governorAbi } from "../generated/governorAbi.ts";
import { parametersAbi } from "../generated/parametersAbi.ts";
import { stakingAbi } from "../generated/stakingAbi.ts";
import { timelockAbi } from "../generated/timelockAbi.ts";
import { formatParameter, parameterSpecs, type ParameterName } from "./parameterSpecs.ts";

/** One call that the timelock makes when a proposal is executed. */
export interface ProposalAction {
  readonly target: Address;
  /** wei */
  readonly value: bigint;
  readonly data: Hex;
}

/**
 * Sets a parameter; the value in its unit (MILL with 18 decimals). Its bounds are the contract's: simulateProposal tells.
 * @throws MillraceError `parameter-value-invalid` if the number does not even fit
 */
export function setParameterAction(
  { contracts }: Deployment,
  { name, value }: { name: ParameterName; value: bigint },
): ProposalAction {
  const { contract, setter } = parameterSpecs[name];
  const abi = { parameters: parametersAbi, governor: governorAbi, timelock: timelockAbi }[contract];
  let data: Hex;
  try {
    data = encodeFunctionData({ abi, functionName: setter, args: [value] });
  } catch (cause) {
    throw new MillraceError({
      code: "parameter-value-invalid",
      shortMessage: `${formatParameter(name, value)} is more than ${name} can hold.`,
      nextStep: "See what is in force: millrace dao params",
      cause,
    });
  }
  return { target: contracts[contract], value: 0n, data };
}

/** Pays a token out of the treasury; `amount` in its smallest units. */
export function payTokenAction(pay: { token: Address; to: Address; amount: bigint }): ProposalAction {
  const data = encodeFunctionData({ abi: tokenAbi, functionName: "transfer", args: [pay.to, pay.amount] });
  return { target: pay.token, value: 0n, data };
}

/** Pays the chain's own coin out of the treasury; `amount` in wei. */
export function payCoinAction({ to, amount }: { to: Address; amount: bigint }): ProposalAction {
  return { target: to, value: amount, data: "0x" };
}

/** Appoints a guardian for a year, or renews it; the zero address leaves the protocol without one. */
export function setGuardianAction({ contracts }: Deployment, guardian: Address): ProposalAction {
  const data = encodeFunctionData({ abi: parametersAbi, functionName: "setGuardian", args: [guardian] });
  return { target: contracts.parameters, value: 0n, data };
}

/** Gives a slash in escrow back to its provider; it must be executed before the slash's window is over. */
export function vetoSlashAction({ contracts }: Deployment, slash: bigint): ProposalAction {
  const data = encodeFunctionData({ abi: stakingAbi, functionName: "vetoSlash", args: [slash] });
  return { target: contracts.staking, value: 0n, data };
}

/** Lets a contract slash workers, one thaw after the proposal is executed. */
export function addSlasherAction({ contracts }: Deployment, slasher: Address): ProposalAction {
  const data = encodeFunctionData({ abi: stakingAbi, functionName: "addSlasher", args: [slasher] });
  return { target: contracts.staking, value: 0n, data };
}

/** Ends that at once. */
export function removeSlasherAction({ contracts }: Deployment, slasher: Address): ProposalAction {
  const data = encodeFunctionData({ abi: stakingAbi, functionName: "removeSlasher", args: [slasher] });
  return { target: contracts.staking, value: 0n, data };
}

/** Opens the entry before the guardian's pause is over. */
export function resumeEntryAction({ contracts }: Deployment): ProposalAction {
  const data = encodeFunctionData({ abi: parametersAbi, functionName: "resumeEntry", args: [] });
  return { target: contracts.parameters, value: 0n, data };
}
