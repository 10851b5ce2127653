import type { Address } from "viem";
import type { Chain } from "../chain/chain.ts";
import type { PaymentToken } from "../chain/deployment.ts";
import { decodeRevert } from "../errors/decodeRevert.ts";
import { readBalance } from "../tokens/readBalance.ts";

/** What the token holders can decide to pay out; smallest units. */
export interface Treasury {
  readonly address: Address;
  readonly ether: bigint;
  readonly mill: bigint;
  readonly tokens: readonly { readonly token: PaymentToken; readonly amount: bigint }[];
}

/** Reads what the treasury (the timelock) holds. Fees that nobody collected yet still lie in Deals. */
export async function readTreasury(chain: Chain): Promise<Treasury> {
  const { contracts, paymentTokens } = chain.deployment;
  const address = contracts.timelock;
  const [ether, mill, tokens] = await Promise.all([
    chain.publicClient.getBalance({ address }).catch((error: unknown) => {
      throw decodeRevert(error, { deployment: chain.deployment });
    }),
    readBalance(chain, { token: contracts.mill, account: address }),
    Promise.all(
      paymentTokens.map(async (token) => ({
        token,
        amount: await readBalance(chain, { token: token.address, account: address }),
      })),
    ),
  ]);
  return { address, ether, mill, tokens };
}
