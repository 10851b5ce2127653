import type { Address, TransactionReceipt } from "viem";
import type { Chain } from "../chain/chain.ts";
import { decodeRevert } from "../errors/decodeRevert.ts";

export interface SendCoinParameters {
  to: Address;
  /** wei */
  amount: bigint;
}

/**
 * Sends the chain's own coin, for example as gas money to an operator key.
 * @throws MillraceError `gas-money-short` and as {@link send}
 */
export async function sendCoin(
  chain: Chain,
  { to, amount }: SendCoinParameters,
): Promise<{ receipt: TransactionReceipt }> {
  try {
    const receipt = await chain.outbox.submit(
      async () => {
        const gas = await chain.publicClient.estimateGas({ account: chain.account, to, value: amount });
        return { to, data: "0x", value: amount, gas };
      },
      { timeoutMs: 120_000, bumpAfterMs: 30_000 },
    );
    return { receipt };
  } catch (error) {
    throw decodeRevert(error, { deployment: chain.deployment });
  }
}
