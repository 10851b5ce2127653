import type { TransactionReceipt } from "viem";
import type { Chain } from "../chain/chain.ts";
import { send } from "../chain/send.ts";
import { registryAbi } from "../generated/registryAbi.ts";

export interface SetEndpointParameters {
  node: number;
  /** libp2p peer id, empty for none */
  peerId: string;
  /** base URL of the HTTP API */
  endpoint: string;
}

/**
 * Says where a node is reached.
 * @throws MillraceError `registry-unauthorized`, `registry-node-unknown` and as {@link send}
 */
export async function setEndpoint(
  chain: Chain,
  { node, peerId, endpoint }: SetEndpointParameters,
): Promise<{ receipt: TransactionReceipt }> {
  const { receipt } = await send(chain, {
    address: chain.deployment.contracts.registry,
    abi: registryAbi,
    functionName: "setEndpoint",
    args: [node, peerId, endpoint],
  });
  return { receipt };
}
