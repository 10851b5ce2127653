import { argsFromJson, argsToJson, type AnyChainEvent, type EventName } from "../chain/events.ts";
import type { NewEvent } from "../store/ingest.ts";
import { largestSmallId } from "../store/rows.ts";
import { dealReducers } from "./reducers/deals.ts";
import { governanceReducers } from "./reducers/governance.ts";
import { moneyReducers } from "./reducers/money.ts";
import type { Reducer, ReducerContext, Reducers } from "./reducers/reducer.ts";
import { registryReducers } from "./reducers/registry.ts";
import { stakingReducers } from "./reducers/staking.ts";

const reducers: Reducers<EventName> = {
  ...registryReducers,
  ...stakingReducers,
  ...dealReducers,
  ...moneyReducers,
  ...governanceReducers,
  GuardianSet: null,
  EntryPaused: null,
  EntryResumed: null,
  // Votes are read from the contracts.
  DelegateChanged: null,
  DelegateVotesChanged: null,
};

/** Folds one event into the rows of the derived tables. */
export async function fold(context: ReducerContext, event: AnyChainEvent): Promise<void> {
  // TypeScript can't see that the name picks the reducer of the same name.
  const reducer = reducers[event.name] as Reducer<EventName> | null;
  await reducer?.(context, event);
}

/** The row of the event table; {@link fromRow} is the reverse. */
export function toRow(event: AnyChainEvent): NewEvent {
  const { args, ...place } = event;
  const { deal, node, provider } = args as { deal?: bigint; node?: number; provider?: number };
  return {
    ...place,
    args: argsToJson(args),
    // Whoever claims, bars or sends a batch may name what never was, beyond what the columns hold.
    deal: deal !== undefined && deal <= Number.MAX_SAFE_INTEGER ? Number(deal) : null,
    node: smallIdOf(node),
    provider: smallIdOf(provider),
  };
}

function smallIdOf(id: number | undefined): number | null {
  return id !== undefined && id <= largestSmallId ? id : null;
}

/** The event that a row of the event table holds. */
export function fromRow(row: NewEvent): AnyChainEvent {
  const { blockNumber, blockHash, timestamp, logIndex, txHash, contract, name } = row;
  const place = { blockNumber, blockHash, timestamp, logIndex, txHash, contract, name };
  // The indexer alone writes rows; argsFromJson refuses a name that it doesn't know.
  return { ...place, args: argsFromJson(name as EventName, row.args) } as AnyChainEvent;
}
