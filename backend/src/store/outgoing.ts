import { MillraceError } from "@millrace/sdk";
import { formatEther } from "viem";
import type { Election, LeaderRole } from "./election.ts";
import type { Database } from "./database.ts";

const hourSeconds = 3_600;
const now = "extract(epoch FROM now())::int8";

/** A transaction that is about to be sent. Amounts in wei. */
export interface OutgoingParameters {
  readonly id: string;
  readonly role: LeaderRole;
  readonly account: string;
  /** the most that it may cost */
  readonly cost: bigint;
  /** the most that the account may pay for gas in an hour */
  readonly capPerHour: bigint;
}

/**
 * Writes a transaction down before it is sent, if this process still leads and the hour's cap allows it.
 * @throws MillraceError `leadership-lost` | `gas-cap-reached`
 */
export async function recordOutgoing(
  database: Database,
  election: Election,
  { id, role, account, cost, capPerHour }: OutgoingParameters,
): Promise<void> {
  await database.transaction(async (sql) => {
    await election.assertLeads(sql, role);
    const [row] = await sql.query<{ spent: string }>(
      `SELECT coalesce(sum(cost), 0)::text AS spent FROM outgoing WHERE account = $1 AND sent_at > ${now} - $2::int8`,
      [account, hourSeconds],
    );
    const spent = BigInt(row?.spent ?? "0");
    if (spent + cost > capPerHour) throw capReached(account, spent, capPerHour);
    await sql.query(
      `INSERT INTO outgoing (id, role, account, cost, settled, sent_at) VALUES ($1, $2, $3, $4::numeric, false, ${now})`,
      [id, role, account, cost.toString()],
    );
    await sql.query(`DELETE FROM outgoing WHERE sent_at < ${now} - $1::int8`, [24 * hourSeconds]);
  });
}

/** Replaces the most that a transaction might cost by what it did cost, in wei. */
export async function settleOutgoing(database: Database, id: string, cost: bigint): Promise<void> {
  await database.query("UPDATE outgoing SET cost = $2::numeric, settled = true WHERE id = $1", [
    id,
    cost.toString(),
  ]);
}

/** Wei that an account paid for gas in the last `seconds`, at most a day; what is in flight counts at its most. */
export async function readSpent(
  { query }: Pick<Database, "query">,
  account: string,
  seconds: number,
): Promise<bigint> {
  const [row] = await query<{ spent: string }>(
    `SELECT coalesce(sum(cost), 0)::text AS spent FROM outgoing WHERE account = $1 AND sent_at > ${now} - $2::int8`,
    [account, seconds],
  );
  return BigInt(row?.spent ?? "0");
}

function capReached(account: string, spent: bigint, cap: bigint): MillraceError {
  return new MillraceError({
    code: "gas-cap-reached",
    shortMessage:
      `${account} paid ${formatEther(spent)} for gas within the last hour, and the next transaction might ` +
      `exceed the cap of ${formatEther(cap)}; nothing was sent.`,
    nextStep: "Wait, or set GAS_CAP_PER_HOUR higher and start again.",
    retryable: true,
  });
}
