import type { Deployment } from "@millrace/sdk";
import type { AnyChainEvent, ChainEvent, EventName } from "../../chain/events.ts";
import type { Key, Rows } from "../../store/rowCache.ts";
import { largestSmallId } from "../../store/rows.ts";
import type { DerivedRows, TableName } from "../../store/tables.ts";

/** What a reducer may look at besides the event: rows, and the deployment's clock to read the event's own timestamp. */
export interface ReducerContext {
  rows: Rows;
  deployment: Deployment;
}

/** Folds one event into the rows. The same rows and event always give the same rows: no clock, no call to the chain. */
export type Reducer<N extends EventName> = (context: ReducerContext, event: ChainEvent<N>) => Promise<void>;

/** A reducer for every event that these names cover; null: the event changes no row. */
export type Reducers<N extends EventName> = { readonly [K in N]: Reducer<K> | null };

/**
 * The row at a key.
 * @throws Error if there is none: the event contradicts the events before it
 */
export async function rowAt<T extends TableName>(rows: Rows, table: T, key: Key<T>): Promise<DerivedRows[T]> {
  const row = await rows.get(table, key);
  if (row === undefined)
    throw new Error(`An event names a ${table} that no event made: ${JSON.stringify(key)}`);
  return row;
}

/** Replaces some columns of the row at a key, and returns the new row. */
export async function change<T extends TableName>(
  rows: Rows,
  table: T,
  key: Key<T>,
  columns: (row: DerivedRows[T]) => Partial<DerivedRows[T]>,
): Promise<DerivedRows[T]> {
  const row = await rowAt(rows, table, key);
  const next = { ...row, ...columns(row) };
  rows.put(table, next);
  return next;
}

/** Puts a new row; reading it first is what lets a reorg take it away again. */
export async function create<T extends TableName>(
  rows: Rows,
  table: T,
  key: Key<T>,
  row: DerivedRows[T],
): Promise<void> {
  await rows.get(table, key);
  rows.put(table, row);
}

/** A worker for whom nothing is held. */
export const noTip = { tip: 0n, tipMatcher: null, tipChallenger: null, tipShare: 0n } as const;

/** PostgreSQL can't hold NUL, and whoever sends an event may write what it likes. */
export function printable(text: string): string {
  return text.replaceAll("\0", "\uFFFD");
}

interface RowKey {
  table: TableName;
  key: object;
}

interface KeyArgs {
  deal?: bigint;
  node?: number;
  provider?: number;
  token?: string;
  thaw?: number;
  slash?: bigint;
  operator?: string;
  previous?: string;
  attribute?: string;
  attester?: string;
  version?: number;
  proposalId?: bigint;
  voter?: string;
}

/**
 * The rows that an event's arguments name: what is worth reading in one go before a batch is folded. A row that is missing
 * here is read on its own; nothing else depends on this.
 */
export function keysOf(event: AnyChainEvent): RowKey[] {
  const args = event.args as KeyArgs;
  const { node, provider, operator } = args;
  const deal = args.deal === undefined ? undefined : Number(args.deal);
  switch (event.name) {
    case "NodeAttended":
      return [{ table: "attendance", key: { node } }];
    case "NodeSkipped":
    case "AttendanceSkipped":
    case "ClaimSkipped":
    case "EarningsKept":
    case "ParameterSet":
    case "GuardianSet":
    case "EntryPaused":
    case "EntryResumed":
      return [];
    case "OfferSet":
      return [
        { table: "node", key: { id: node } },
        { table: "offer", key: { node, token: args.token } },
      ];
    case "AttributesSet":
      return [{ table: "node", key: { id: node } }];
    case "Attested":
    case "AttestationRevoked":
      return [{ table: "attestation", key: { node, attribute: args.attribute, attester: args.attester } }];
    case "ThawRequested":
    case "ThawWithdrawn":
      return [
        { table: "stake", key: { provider } },
        { table: "thaw", key: { provider, thaw: args.thaw } },
      ];
    case "StakeSlashed":
    case "SlashVetoed":
    case "SlashExecuted":
      return [
        { table: "stake", key: { provider } },
        { table: "slash", key: { id: Number(args.slash) } },
      ];
    case "WorkerSlashed":
      return [
        { table: "worker", key: { deal, node } },
        { table: "slash", key: { id: Number(args.slash) } },
      ];
    case "NodeAdded":
      return [
        { table: "node", key: { id: node } },
        { table: "operatorKey", key: { operator } },
      ];
    case "OperatorRotated":
      return [operator, args.previous].map((key) => ({ table: "operatorKey", key: { operator: key } }));
    case "ScalerChanged":
    case "TargetScaled":
      return [{ table: "scaler", key: { deal } }];
    case "ProviderBarred":
    case "ProviderUnbarred":
      return provider === undefined || provider > largestSmallId
        ? []
        : [{ table: "bar", key: { deal, provider } }];
    default:
      return [...partiesOf({ deal, node, provider }), ...paymentsOf(event)];
  }
}

function partiesOf({
  deal,
  node,
  provider,
}: {
  deal?: number | undefined;
  node?: number | undefined;
  provider?: number | undefined;
}): RowKey[] {
  const keys: RowKey[] = [];
  if (deal !== undefined) keys.push({ table: "deal", key: { id: deal } });
  if (node !== undefined) keys.push({ table: "node", key: { id: node } });
  if (deal !== undefined && node !== undefined) keys.push({ table: "worker", key: { deal, node } });
  if (provider !== undefined)
    keys.push({ table: "provider", key: { id: provider } }, { table: "stake", key: { provider } });
  return keys;
}

/** The rows of the payments that an event may make. */
function paymentsOf({ name, blockNumber, logIndex }: AnyChainEvent): RowKey[] {
  if (!isPayment.has(name)) return [];
  const parts = name === "WorkerPaid" ? [0, 1, 2] : [0];
  return parts.map((part) => ({ table: "payment", key: { blockNumber, logIndex, part } }));
}

const isPayment: ReadonlySet<EventName> = new Set<EventName>([
  "Deposited",
  "Withdrawn",
  "WorkerPaid",
  "EarningsWithdrawn",
  "RefundWithdrawn",
  "FeesCollected",
]);
