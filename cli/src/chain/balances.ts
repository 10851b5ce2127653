import { readBalance, type Chain, type PaymentToken } from "@millrace/sdk";
import type { Address } from "viem";
import { reading } from "./reading.ts";

/** What an account holds, in smallest units. */
export interface Balances {
  readonly ether: bigint;
  readonly mill: bigint;
  readonly tokens: readonly { readonly token: PaymentToken; readonly amount: bigint }[];
}

/** Reads what an account holds. */
export async function readBalances(chain: Chain, account: Address): Promise<Balances> {
  const { contracts, paymentTokens } = chain.deployment;
  const [ether, mill, tokens] = await Promise.all([
    reading(chain, () => chain.publicClient.getBalance({ address: account })),
    readBalance(chain, { token: contracts.mill, account }),
    Promise.all(
      paymentTokens.map(async (token) => ({
        token,
        amount: await readBalance(chain, { token: token.address, account }),
      })),
    ),
  ]);
  return { ether, mill, tokens };
}
