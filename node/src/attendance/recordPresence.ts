import { type Chain, MillraceError, registryAbi, send } from "@millrace/sdk";
import { type Hash, parseEventLogs } from "viem";
import type { TransactionCap } from "./transactionCap.ts";

/** How `send` fails after something was sent. */
export const sentCodes: ReadonlySet<string> = new Set([
  "transaction-pending",
  "transaction-replaced",
  "transaction-reverted",
]);

/** A presence on the chain; `transaction` and its cost only if this call sent it. */
export interface Presence {
  epoch: number;
  transaction: Hash | undefined;
  costWei: bigint | undefined;
}

/**
 * Makes sure that a node's presence in an epoch is on the chain. Asks before it sends, so that a restart never pays
 * twice. A transaction that is mined late marks a later epoch, which the result says.
 *
 * @throws MillraceError `transaction-cap`, and whatever `send` throws
 */
export async function recordPresence(
  chain: Chain,
  { nodeId, epoch, cap }: { nodeId: number; epoch: number; cap: TransactionCap },
): Promise<Presence> {
  if (await hasAttended(chain, nodeId, epoch)) return { epoch, transaction: undefined, costWei: undefined };
  const { contracts, epochDuration } = chain.deployment;
  const epochMs = epochDuration * 1000;
  await cap.take();
  try {
    const { receipt } = await send(chain, {
      address: contracts.registry,
      abi: registryAbi,
      functionName: "attend",
      args: [],
      // A transaction that a reorg dropped is sent again while it still counts.
      timeoutMs: Math.min(Math.max(epochMs, 5_000), 120_000),
      bumpAfterMs: Math.min(Math.max(epochMs / 3, 3_000), 30_000),
    });
    const [event] = parseEventLogs({ abi: registryAbi, eventName: "NodeAttended", logs: receipt.logs });
    const costWei = receipt.gasUsed * receipt.effectiveGasPrice;
    return { epoch: event?.args.epoch ?? epoch, transaction: receipt.transactionHash, costWei };
  } catch (error) {
    if (!(error instanceof MillraceError) || !sentCodes.has(error.code)) await cap.giveBack();
    const earlier = error instanceof MillraceError && error.code === "registry-already-attended";
    if (earlier) return { epoch, transaction: undefined, costWei: undefined };
    throw error;
  }
}

/** Whether a node's presence in an epoch is on the chain. */
export async function hasAttended(
  { publicClient, deployment }: Chain,
  nodeId: number,
  epoch: number,
): Promise<boolean> {
  return publicClient.readContract({
    address: deployment.contracts.registry,
    abi: registryAbi,
    functionName: "attended",
    args: [nodeId, epoch],
  });
}
