import { attendAll, type Chain, MillraceError, requireAccount, signAttendance } from "@millrace/sdk";
import type { Logger } from "pino";
import { hasAttended, type Presence, sentCodes } from "./recordPresence.ts";
import type { AttendanceRelay } from "./relay.ts";
import type { TransactionCap } from "./transactionCap.ts";

export interface RecordTogetherParameters {
  nodeId: number;
  epoch: number;
  relay: AttendanceRelay;
  cap: TransactionCap;
  log: Logger;
}

/**
 * Brings this node's presence to the chain together with those that were handed to it, in one transaction that this node
 * pays. An item that the chain does not take stops no other.
 *
 * @throws MillraceError `transaction-cap`, `attendance-skipped` and whatever `attendAll` throws
 */
export async function recordTogether(
  chain: Chain,
  { nodeId, epoch, relay, cap, log }: RecordTogetherParameters,
): Promise<Presence> {
  const handed = relay.waiting(epoch);
  const isThere = await hasAttended(chain, nodeId, epoch);
  const own = { deployment: chain.deployment, operator: requireAccount(chain), node: nodeId, epoch };
  const items = [...(isThere ? [] : [await signAttendance(own)]), ...handed];
  if (items.length === 0) return { epoch, transaction: undefined, costWei: undefined };
  await cap.take();
  try {
    const { attended, skipped, receipts } = await attendAll(chain, { epoch, items });
    relay.settle(epoch, [...attended, ...skipped.map(({ node }) => node)]);
    const others = attended.filter((node) => node !== nodeId);
    const refused = skipped.filter(({ refusal }) => refusal !== "alreadyAttended");
    const transaction = receipts.at(-1)?.transactionHash;
    log.info({ epoch, nodes: others, transaction }, "attended for other nodes");
    if (refused.length > 0) log.warn({ epoch, refused }, "the chain did not take every attendance");
    const failure = refused.find(({ node }) => node === nodeId);
    if (failure !== undefined) throw ownSkipped(nodeId, failure.refusal);
    const costWei = receipts.reduce(
      (sum, { gasUsed, effectiveGasPrice }) => sum + gasUsed * effectiveGasPrice,
      0n,
    );
    return { epoch, transaction, costWei };
  } catch (error) {
    if (error instanceof MillraceError && !sentCodes.has(error.code) && error.code !== "attendance-skipped")
      await cap.giveBack();
    throw error;
  }
}

function ownSkipped(node: number, refusal: string): MillraceError {
  return new MillraceError({
    code: "attendance-skipped",
    shortMessage: `The chain did not take the attendance of node ${node} (${refusal}).`,
    nextStep: "See if the node is retired or its operator key was replaced: millrace node status",
  });
}
