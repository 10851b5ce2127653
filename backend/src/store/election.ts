import { hostname } from "node:os";
import { setTimeout as delay } from "node:timers/promises";
import { MillraceError } from "@millrace/sdk";
import pg from "pg";
import type { Sql } from "./database.ts";

/** The roles that one process at a time may do. */
export const leaderRoles = ["indexer", "matcher", "keeper", "scaler"] as const;
/** Without one of these a network stands still; the others are for who wants them. */
export const neededRoles: readonly LeaderRole[] = ["indexer", "matcher", "keeper"];
export type LeaderRole = (typeof leaderRoles)[number];

/** One reign of one process over a role. */
export interface Term {
  readonly number: number;
  readonly beganAtMs: number;
  /** The address that the leader before sent its transactions from. */
  readonly predecessor: string | undefined;
}

/** Who does what, among all processes on one database. */
export interface Election {
  /** The term in which this process leads; undefined while another one does, or the database is out of reach. */
  readonly term: (role: LeaderRole) => Term | undefined;
  /**
   * Keeps the term from ending before the transaction does: to be called first in each one that writes as leader.
   * @throws MillraceError `leadership-lost` if this process doesn't lead or a later term began
   */
  readonly assertLeads: (sql: Sql, role: LeaderRole) => Promise<void>;
  /** Gives up every role, so that another process takes over at once. */
  readonly close: () => Promise<void>;
}

/** PGlite belongs to one process, which then leads whatever it does. */
export function soleElection(): Election {
  const only: Term = { number: 0, beganAtMs: 0, predecessor: undefined };
  return { term: () => only, assertLeads: () => Promise.resolve(), close: () => Promise.resolve() };
}

interface ElectionParameters {
  readonly databaseUrl: string;
  /** The roles that this process stands for. */
  readonly roles: readonly LeaderRole[];
  /** The address that it would send from. */
  readonly account: string | undefined;
  readonly onChange: (role: LeaderRole, leads: boolean) => void;
  readonly onTrouble: (error: unknown) => void;
}

/** The first half of the key of our advisory locks; the second half is the role's number. */
export const electionLock = 72_707_370;
const beatMs = 1_000;
/** A process that is paused for longer than this loses its session, and with it what it leads. */
const sessionMs = 8_000;

/**
 * Stands for roles: whoever holds a role's session advisory lock leads, on a connection that does nothing else. A killed
 * process loses its lock with its connection; one that is paused, when the server ends the idle session.
 */
export function startElection(parameters: ElectionParameters): Election {
  const { roles, onChange, onTrouble } = parameters;
  const abort = new AbortController();
  const terms = new Map<LeaderRole, Term>();
  let lastBeatAt = 0;
  let client: pg.Client | undefined;

  const abdicate = () => {
    for (const role of terms.keys()) onChange(role, false);
    terms.clear();
  };
  const term = (role: LeaderRole) => (Date.now() - lastBeatAt < sessionMs ? terms.get(role) : undefined);

  async function holdSession(): Promise<void> {
    client = await openSession(parameters.databaseUrl, abdicate);
    while (!abort.signal.aborted) {
      for (const role of roles) {
        if (terms.has(role)) continue;
        const won = await standFor(client, role, parameters.account);
        if (won === undefined) continue;
        terms.set(role, won);
        lastBeatAt = Date.now();
        onChange(role, true);
      }
      await client.query("SELECT 1");
      lastBeatAt = Date.now();
      await pause(beatMs);
    }
  }

  async function run(): Promise<void> {
    while (!abort.signal.aborted) {
      try {
        await holdSession();
      } catch (error) {
        if (!isOver()) onTrouble(error);
      }
      abdicate();
      await client?.end().catch(() => undefined);
      await pause(beatMs);
    }
  }
  const isOver = () => abort.signal.aborted;
  const pause = (ms: number) => delay(ms, undefined, { signal: abort.signal }).catch(() => undefined);

  const running = roles.length === 0 ? Promise.resolve() : run();
  return {
    term,
    async assertLeads(sql, role) {
      const own = term(role);
      // Shared: a successor's claim waits for the end of this transaction.
      const [row] = await sql.query<{ term: number }>("SELECT term FROM leader WHERE role = $1 FOR SHARE", [
        role,
      ]);
      if (own === undefined || row?.term !== own.number) throw leadershipLost(role);
    },
    async close() {
      abort.abort();
      await running;
    },
  };
}

async function openSession(connectionString: string, onEnd: () => void): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString,
    connectionTimeoutMillis: 5_000,
    query_timeout: 5_000,
    application_name: "millrace-election",
  });
  client.on("error", onEnd);
  client.on("end", onEnd);
  try {
    await client.connect();
    await client.query(
      `SET idle_session_timeout = ${sessionMs}; SET tcp_keepalives_idle = 3; SET tcp_keepalives_interval = 2;
       SET tcp_keepalives_count = 2`,
    );
    return client;
  } catch (error) {
    // Nobody else knows of it, and there is another try each second.
    client.end().catch(() => undefined);
    throw error;
  }
}

/** Takes the role if nobody leads it, and begins a new term, which shuts out every earlier one. */
async function standFor(
  client: pg.Client,
  role: LeaderRole,
  account: string | undefined,
): Promise<Term | undefined> {
  const lock = [electionLock, leaderRoles.indexOf(role)];
  const locked = await client.query<{ locked: boolean }>(
    "SELECT pg_try_advisory_lock($1, $2) AS locked",
    lock,
  );
  if (locked.rows[0]?.locked !== true) return undefined;
  const { rows } = await client.query<{ term: string; predecessor: string | null }>(
    `INSERT INTO leader (role, term, holder, account, since)
     VALUES ($1, 1, $2, $3, extract(epoch FROM now())::int8)
     ON CONFLICT (role) DO UPDATE SET term = leader.term + 1, holder = excluded.holder, account = excluded.account,
       since = excluded.since
     RETURNING term, (SELECT account FROM leader WHERE role = $1) AS predecessor`,
    [role, `${hostname()}:${process.pid}`, account ?? null],
  );
  const [row] = rows;
  const predecessor = row?.predecessor ?? undefined;
  return { number: Number(row?.term), beganAtMs: Date.now(), predecessor };
}

function leadershipLost(role: LeaderRole): MillraceError {
  return new MillraceError({
    code: "leadership-lost",
    shortMessage: `Another process leads as ${role} now; nothing was written or sent.`,
    retryable: true,
  });
}
