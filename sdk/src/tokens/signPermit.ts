import { parseSignature, type Address, type Hex } from "viem";
import { tokenAbi } from "../abi/tokenAbi.ts";
import type { Chain } from "../chain/chain.ts";
import { read } from "../chain/read.ts";
import { requireAccount } from "../chain/requireAccount.ts";

export interface SignPermitParameters {
  token: Address;
  spender: Address;
  /** smallest units of the token */
  value: bigint;
  /** unix seconds */
  deadline: bigint;
}

/** An ERC-2612 permit, in the order our contracts take it. */
export interface Permit {
  deadline: bigint;
  v: number;
  r: Hex;
  s: Hex;
}

/**
 * Signs an ERC-2612 permit with the token's own EIP-712 domain (ERC-5267).
 * @throws MillraceError if the token has no permit, or `no-account`
 */
export async function signPermit(chain: Chain, parameters: SignPermitParameters): Promise<Permit> {
  const { token, spender, value, deadline } = parameters;
  const account = requireAccount(chain);
  const owner = account.address;
  const [domain, nonce] = await Promise.all([
    read(chain, { address: token, abi: tokenAbi, functionName: "eip712Domain", args: [] }),
    read(chain, { address: token, abi: tokenAbi, functionName: "nonces", args: [owner] }),
  ]);
  const [, name, version, chainId, verifyingContract] = domain;
  const signature = await account.signTypedData({
    domain: { name, version, chainId, verifyingContract },
    types: {
      Permit: [
        { name: "owner", type: "address" },
        { name: "spender", type: "address" },
        { name: "value", type: "uint256" },
        { name: "nonce", type: "uint256" },
        { name: "deadline", type: "uint256" },
      ],
    },
    primaryType: "Permit",
    message: { owner, spender, value, nonce, deadline },
  });
  const { r, s, yParity } = parseSignature(signature);
  return { deadline, v: 27 + yParity, r, s };
}
