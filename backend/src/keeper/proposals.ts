import {
  executeProposal,
  governorAbi,
  nameAt,
  proposalStates,
  queueProposal,
  type Chain,
} from "@millrace/sdk";
import type { Logger } from "pino";
import type { Outcome } from "../attempts.ts";
import type { Metrics } from "../metrics/metrics.ts";
import type { Store } from "../store/store.ts";

/** Proposals whose vote is over and that were neither carried out nor taken back, by id. */
export async function readOpenProposals(store: Store, timestamp: number): Promise<number[]> {
  const rows = await store.database.query<{ id: number }>(
    `SELECT id FROM proposal
     WHERE NOT canceled AND executed_at_block IS NULL AND vote_end < $1::int8 AND coalesce(eta, 0) <= $1::int8
     ORDER BY id`,
    [timestamp],
  );
  return rows.map(({ id }) => id);
}

interface CarryOutParameters {
  readonly chain: Chain;
  readonly id: number;
  readonly metrics: Metrics;
  readonly log: Logger;
  /** Called if nothing can ever be done for it. */
  readonly onLost: () => void;
}

/** Queues a proposal that was agreed to, and executes a queued one; the governor says which. */
export async function carryOut({ chain, id, metrics, log, onLost }: CarryOutParameters): Promise<Outcome> {
  const proposal = BigInt(id);
  const number = await chain.publicClient.readContract({
    address: chain.deployment.contracts.governor,
    abi: governorAbi,
    functionName: "state",
    args: [proposal],
  });
  const state = nameAt(proposalStates, number);
  if (state !== "succeeded" && state !== "queued") {
    if (state === "defeated" || state === "expired") onLost();
    return "waiting";
  }
  const [action, send] =
    state === "succeeded" ? (["queue", queueProposal] as const) : (["execute", executeProposal] as const);
  const { receipt } = await send(chain, { proposal });
  metrics.keeperActions.inc({ action });
  log.info({ proposal: id, txHash: receipt.transactionHash }, `proposal ${action}d`);
  return "done";
}
