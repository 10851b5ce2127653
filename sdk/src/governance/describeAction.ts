import {
  decodeFunctionData,
  formatUnits,
  isAddressEqual,
  slice,
  zeroAddress,
  type Abi,
  type Address,
  type Hex,
} from "viem";
import { tokenAbi } from "../abi/tokenAbi.ts";
import { findPaymentToken, type Deployment } from "../chain/deployment.ts";
import { dealsAbi } from "../generated/dealsAbi.ts";
import { governorAbi } from "../generated/governorAbi.ts";
import { millAbi } from "../generated/millAbi.ts";
import { modulesAbi } from "../generated/modulesAbi.ts";
import { parametersAbi } from "../generated/parametersAbi.ts";
import { registryAbi } from "../generated/registryAbi.ts";
import { stakingAbi } from "../generated/stakingAbi.ts";
import { timelockAbi } from "../generated/timelockAbi.ts";
import { votingPowerAbi } from "../generated/votingPowerAbi.ts";
import { formatToken, millUnits, type TokenUnits } from "../units.ts";
import type { ProposalAction } from "./actions.ts";
import { formatParameter, parameterNames, parameterSpecs } from "./parameterSpecs.ts";
import type { GovernedParameters } from "./readParameters.ts";

/** What an action does, in words. */
export interface ActionDescription {
  readonly sentence: string;
  /** false: nothing is known of this call but its bytes */
  readonly isKnown: boolean;
}

interface Decoded {
  readonly contract: keyof Deployment["contracts"] | "token";
  readonly functionName: string;
  readonly args: readonly unknown[];
}

const abis: Record<keyof Deployment["contracts"], Abi> = {
  mill: [...millAbi, ...tokenAbi],
  parameters: parametersAbi,
  registry: registryAbi,
  staking: stakingAbi,
  deals: dealsAbi,
  modules: modulesAbi,
  timelock: timelockAbi,
  governor: governorAbi,
  votingPower: votingPowerAbi,
};

/**
 * Says what an action of a proposal does. What is not understood is shown as it is: target, selector and data.
 * @param current what is in force now; "raise … from … to …" is said against it
 */
export function describeAction(
  deployment: Deployment,
  action: ProposalAction,
  current: GovernedParameters,
): ActionDescription {
  const { target, value, data } = action;
  if (data === "0x" && value > 0n)
    return known(`send ${formatUnits(value, 18)} ETH from the treasury to ${target}`);
  const decoded = decode(deployment, target, data);
  if (decoded === undefined) return unknown(action);
  const sentence = describeCall(deployment, target, decoded, current) ?? describePlainly(decoded);
  return known(value === 0n ? sentence : `${sentence}, and send ${formatUnits(value, 18)} ETH along`);
}

function describeCall(
  deployment: Deployment,
  target: Address,
  { contract, functionName, args }: Decoded,
  current: GovernedParameters,
): string | undefined {
  const [first, second] = args;
  if (contract === "mill" || contract === "token") {
    if (functionName !== "transfer" && functionName !== "approve") return undefined;
    const units: TokenUnits | undefined =
      contract === "mill" ? millUnits : findPaymentToken(deployment, target);
    const amount = formatToken(second as bigint, units);
    return functionName === "transfer"
      ? `send ${amount} from the treasury to ${String(first)}`
      : `let ${String(first)} take ${amount} from the treasury`;
  }
  if (contract === "parameters" && functionName === "resumeEntry") return "open the entry again";
  if (contract === "parameters" && functionName === "setGuardian")
    return describeGuardian(first as Address, current);
  if (contract === "staking") return describeStaking(functionName, first);
  const name = parameterNames.find(
    (each) => parameterSpecs[each].setter === functionName && parameterSpecs[each].contract === contract,
  );
  if (name === undefined) return undefined;
  const [from, to] = [current.values[name], BigInt(first as bigint | number)];
  if (from === to) return `set ${name} to ${formatParameter(name, to)}, as it is now`;
  const verb = to > from ? "raise" : "lower";
  return `${verb} ${name} from ${formatParameter(name, from)} to ${formatParameter(name, to)}`;
}

function describeStaking(functionName: string, first: unknown): string | undefined {
  if (functionName === "vetoSlash") return `veto slash ${String(first)}: all of it goes back to its provider`;
  if (functionName === "addSlasher")
    return `let ${String(first)} slash workers, one thawPeriod after this is executed`;
  if (functionName === "removeSlasher") return `stop ${String(first)} from slashing, at once`;
  return undefined;
}

function describeGuardian(guardian: Address, { guardian: present }: GovernedParameters): string {
  if (isAddressEqual(guardian, zeroAddress)) return "leave the protocol without a guardian";
  return present !== undefined && isAddressEqual(guardian, present.address)
    ? `renew the guardian ${guardian} for a year, with a pause to use`
    : `appoint ${guardian} as guardian for a year${present === undefined ? "" : ` instead of ${present.address}`}`;
}

function describePlainly({ contract, functionName, args }: Decoded): string {
  return `call ${functionName}(${args.map(inWords).join(", ")}) of ${contract}`;
}

function inWords(value: unknown): string {
  if (typeof value === "string") return value;
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === "bigint" ? inner.toString() : inner,
  ).replaceAll('"', "");
}

function decode(deployment: Deployment, target: Address, data: Hex): Decoded | undefined {
  const entries = Object.entries(deployment.contracts) as [keyof Deployment["contracts"], Address][];
  const own = entries.find(([, address]) => isAddressEqual(address, target))?.[0];
  const contract = own ?? (findPaymentToken(deployment, target) === undefined ? undefined : "token");
  if (contract === undefined) return undefined;
  try {
    const abi: Abi = contract === "token" ? tokenAbi : abis[contract];
    const { functionName, args = [] } = decodeFunctionData({ abi, data });
    return { contract, functionName, args };
  } catch {
    return undefined;
  }
}

function known(sentence: string): ActionDescription {
  return { sentence, isKnown: true };
}

function unknown({ target, value, data }: ProposalAction): ActionDescription {
  const sent = value === 0n ? "" : ` and ${formatUnits(value, 18)} ETH`;
  const call =
    data.length < 10
      ? `data ${data}`
      : `selector ${slice(data, 0, 4)}, data ${data.length === 10 ? "none" : slice(data, 4)}`;
  return { sentence: `call ${target}${sent} with ${call} (not a call that Millrace knows)`, isKnown: false };
}
