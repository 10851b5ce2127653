import { zeroAddress, type Address, type LocalAccount, type TransactionReceipt } from "viem";
import type { Attributes } from "../attributes.ts";
import type { Chain } from "../chain/chain.ts";
import { eventOf } from "../chain/eventOf.ts";
import { send } from "../chain/send.ts";
import { registryAbi } from "../generated/registryAbi.ts";
import { sendCoin } from "../tokens/sendCoin.ts";
import { signOperatorConsent } from "./signOperatorConsent.ts";

export interface AddNodeParameters {
  provider: number;
  /** the node's hot key; it signs its consent here and attends later */
  operator: LocalAccount;
  units: number;
  attributes: Attributes;
  /** libp2p peer id; default none */
  peerId?: string | undefined;
  /** base URL of the node's HTTP API */
  endpoint: string;
  /** the first offer: token, and ask in its smallest units per unit and epoch; default none yet */
  offer?: { token: Address; askPerUnitEpoch: bigint } | undefined;
  /** wei sent to the operator key for its attendance; default none */
  gasMoney?: bigint | undefined;
}

/**
 * Adds a node to the sender's provider, with its operator's consent and first offer.
 * @returns the new node's id
 * @throws MillraceError `registry-operator-used`, `registry-unauthorized`, `registry-provider-unknown` and as
 * {@link send}
 */
export async function addNode(
  chain: Chain,
  parameters: AddNodeParameters,
): Promise<{ node: number; receipt: TransactionReceipt }> {
  const { provider, operator, units, attributes, peerId = "", endpoint, offer, gasMoney = 0n } = parameters;
  const { deployment } = chain;
  const consent = await signOperatorConsent({ deployment, operator, provider });
  const { receipt } = await send(chain, {
    address: deployment.contracts.registry,
    abi: registryAbi,
    functionName: "addNode",
    args: [
      provider,
      operator.address,
      consent,
      units,
      attributes,
      peerId,
      endpoint,
      offer?.token ?? zeroAddress,
      offer?.askPerUnitEpoch ?? 0n,
    ],
  });
  if (gasMoney > 0n) await sendCoin(chain, { to: operator.address, amount: gasMoney });
  return { node: eventOf(receipt, { abi: registryAbi, eventName: "NodeAdded" }).node, receipt };
}
