import type { Address } from "viem";
import { tokenAbi } from "../abi/tokenAbi.ts";
import type { Chain } from "../chain/chain.ts";
import { read } from "../chain/read.ts";
import { requireAccount } from "../chain/requireAccount.ts";
import { send } from "../chain/send.ts";
import { decodeRevert } from "../errors/decodeRevert.ts";
import type { TokenUnits } from "../units.ts";
import { signPermit, type Permit } from "./signPermit.ts";

const permitSeconds = 3600n;

export interface AllowParameters {
  token: Address;
  spender: Address;
  /** smallest units of the token */
  amount: bigint;
  units?: TokenUnits | undefined;
}

/**
 * Lets `spender` take an amount: by a permit where the token has them (one transaction fewer), else by an approval.
 * @returns the permit to send along; undefined if the allowance suffices
 * @throws MillraceError as {@link send}
 */
export async function allow(chain: Chain, parameters: AllowParameters): Promise<Permit | undefined> {
  const { token, spender, amount, units } = parameters;
  const owner = requireAccount(chain).address;
  const contract = { address: token, abi: tokenAbi } as const;
  const allowance = await read(chain, { ...contract, functionName: "allowance", args: [owner, spender] });
  if (allowance >= amount) return undefined;
  try {
    const { timestamp } = await chain.publicClient.getBlock({ includeTransactions: false });
    return await signPermit(chain, { token, spender, value: amount, deadline: timestamp + permitSeconds });
  } catch (error) {
    const decoded = decodeRevert(error, { deployment: chain.deployment });
    if (decoded.code === "rpc-unreachable") throw decoded;
    // No permit in this token: an approval does the same with one transaction more.
    await send(chain, { ...contract, functionName: "approve", args: [spender, amount], token: units });
    return undefined;
  }
}
