import { executeSlash, type Chain } from "@millrace/sdk";
import type { Logger } from "pino";
import type { Outcome } from "../attempts.ts";
import type { Metrics } from "../metrics/metrics.ts";
import type { Store } from "../store/store.ts";

/** Slashes that nobody vetoed in time and nobody executed yet, by number. */
export async function readDueSlashes(store: Store, timestamp: number): Promise<number[]> {
  const rows = await store.database.query<{ id: number }>(
    "SELECT id FROM slash WHERE state = 'escrowed' AND veto_ends_at <= $1::int8 ORDER BY id",
    [timestamp],
  );
  return rows.map(({ id }) => id);
}

interface CarryOutSlashParameters {
  readonly chain: Chain;
  readonly id: number;
  readonly metrics: Metrics;
  readonly log: Logger;
}

/** Executes a slash that is due: owner and reporter can take their shares, the rest is burned. */
export async function carryOutSlash({ chain, id, metrics, log }: CarryOutSlashParameters): Promise<Outcome> {
  const { receipt } = await executeSlash(chain, { slash: BigInt(id) });
  metrics.keeperActions.inc({ action: "executeSlash" });
  log.info({ slash: id, txHash: receipt.transactionHash }, "slash executed");
  return "done";
}
