import { decodeErrorResult, isHex, type Hex } from "viem";
import { tokenAbi } from "../abi/tokenAbi.ts";
import { dealsAbi } from "../generated/dealsAbi.ts";
import { governorAbi } from "../generated/governorAbi.ts";
import { millAbi } from "../generated/millAbi.ts";
import { modulesAbi } from "../generated/modulesAbi.ts";
import { oneStepAbi } from "../generated/oneStepAbi.ts";
import { parametersAbi } from "../generated/parametersAbi.ts";
import { registryAbi } from "../generated/registryAbi.ts";
import { stakingAbi } from "../generated/stakingAbi.ts";
import { timelockAbi } from "../generated/timelockAbi.ts";
import { votingPowerAbi } from "../generated/votingPowerAbi.ts";
import { dealsTable } from "./dealsTable.ts";
import type { Explanation, ExplainContext } from "./explain.ts";
import { governorTable } from "./governorTable.ts";
import { MillraceError } from "./MillraceError.ts";
import { modulesTable } from "./modulesTable.ts";
import { oneStepTable } from "./oneStepTable.ts";
import { parametersTable } from "./parametersTable.ts";
import { registryTable } from "./registryTable.ts";
import { stakingTable } from "./stakingTable.ts";
import { timelockTable } from "./timelockTable.ts";
import { tokenTable } from "./tokenTable.ts";
import { explainTransport } from "./transport.ts";

/** Every ABI whose custom errors have words. */
export const explainedAbi = [
  ...dealsAbi,
  ...modulesAbi,
  ...registryAbi,
  ...stakingAbi,
  ...parametersAbi,
  ...timelockAbi,
  ...governorAbi,
  ...votingPowerAbi,
  ...millAbi,
  ...tokenAbi,
  ...oneStepAbi,
] as const;
const table = {
  ...dealsTable,
  ...modulesTable,
  ...registryTable,
  ...stakingTable,
  ...parametersTable,
  ...governorTable,
  // After the governor's: a call that fails does so in the timelock.
  ...timelockTable,
  ...tokenTable,
  ...oneStepTable,
};

/**
 * Turns whatever a chain call threw into a MillraceError: a custom error of our contracts or of a token becomes a
 * sentence and a next step, and so do an unreachable RPC end (`rpc-unreachable`) and a lack of gas money
 * (`gas-money-short`). The code of a custom error is its name in kebab-case. What isn't known keeps its words as
 * `unexpected`. Never throws.
 */
export function decodeRevert(error: unknown, context: ExplainContext = {}): MillraceError {
  if (error instanceof MillraceError) return error;
  const data = findRevertData(error);
  if (data !== undefined) return explainRevert(data, error, context) ?? reverted(data, error);
  return explainTransport(error);
}

/** `DealsDepositTooSmall` → `deals-deposit-too-small`, `ERC20InvalidSender` → `erc20-invalid-sender`. */
export function kebabCase(name: string): string {
  return name
    .replace(/([a-z0-9])([A-Z])/g, "$1-$2")
    .replace(/([A-Z])([A-Z][a-z])/g, "$1-$2")
    .toLowerCase();
}

function explainRevert(data: Hex, cause: unknown, context: ExplainContext): MillraceError | undefined {
  let decoded;
  try {
    decoded = decodeErrorResult({ abi: explainedAbi, data });
  } catch {
    return undefined;
  }
  const { errorName, args } = decoded;
  if (!Object.hasOwn(table, errorName)) return undefined;
  // The name picks the entry and its arguments together; TypeScript can't follow that through a union.
  const explain = table[errorName] as (args: readonly unknown[], context: ExplainContext) => Explanation;
  const { message, nextStep, retryable } = explain(args, context);
  return new MillraceError({ code: kebabCase(errorName), shortMessage: message, nextStep, retryable, cause });
}

function reverted(data: Hex, cause: unknown): MillraceError {
  let reason = `Revert data: ${data}.`;
  try {
    const { errorName, args } = decodeErrorResult({ abi: [], data });
    reason = `${errorName}(${args.map(String).join(", ")}).`;
  } catch {
    // Not Error(string) or Panic(uint256) either: the data is all there is to say.
  }
  return new MillraceError({
    code: "reverted",
    shortMessage: "The contract refused the call.",
    details: reason,
    nextStep: "Check that this version of Millrace is made for the network's contracts.",
    cause,
  });
}

/** The revert data, wherever in the causes the RPC end or viem put it. */
function findRevertData(error: unknown, depth = 0): Hex | undefined {
  if (typeof error !== "object" || error === null || depth > 12) return undefined;
  for (const key of ["raw", "data"] as const) {
    const value: unknown = (error as Record<string, unknown>)[key];
    if (isHex(value) && value.length >= 10) return value;
    const nested = key === "data" ? findRevertData(value, depth + 1) : undefined;
    if (nested !== undefined) return nested;
  }
  return "cause" in error ? findRevertData(error.cause, depth + 1) : undefined;
}
