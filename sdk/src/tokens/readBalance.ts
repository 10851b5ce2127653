import type { Address } from "viem";
import { tokenAbi } from "../abi/tokenAbi.ts";
import type { Chain } from "../chain/chain.ts";
import { read } from "../chain/read.ts";

/** What an account holds of a token, in its smallest units. */
export function readBalance(
  chain: Chain,
  { token, account }: { token: Address; account: Address },
): Promise<bigint> {
  return read(chain, { address: token, abi: tokenAbi, functionName: "balanceOf", args: [account] });
}
