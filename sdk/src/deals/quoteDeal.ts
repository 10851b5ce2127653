import type { ContractFunctionReturnType } from "viem";
import type { Chain } from "../chain/chain.ts";
import { read } from "../chain/read.ts";
import { dealsAbi } from "../generated/dealsAbi.ts";
import type { Terms } from "../terms.ts";

/** Amounts are smallest units of the payment token. */
export type Quote = ContractFunctionReturnType<typeof dealsAbi, "view", "quote">;

/**
 * What creating a deal charges and until when a deposit lasts; the contract's own figures.
 * @param deposit smallest units of the payment token
 * @throws MillraceError `deals-terms-invalid`, `rpc-unreachable`
 */
export function quoteDeal(
  chain: Chain,
  { terms, deposit }: { terms: Terms; deposit: bigint },
): Promise<Quote> {
  const address = chain.deployment.contracts.deals;
  return read(chain, { address, abi: dealsAbi, functionName: "quote", args: [terms, deposit] });
}
