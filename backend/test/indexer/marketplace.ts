import type { AnyChainEvent, EventArgs, EventName } from "../../src/chain/events.ts";
import type { ContractName } from "../../src/chain/events.ts";

/** Just enough of the contracts' state to say which events may come next. Never changed in place. */
export interface Marketplace {
  providers: number;
  nodes: readonly { provider: number; operator: `0x${string}`; units: number }[];
  deals: readonly DealModel[];
  thaws: readonly { provider: number; thaw: number }[];
  /** by number, from 1 */
  slashes: readonly { provider: number }[];
  bars: readonly { deal: number; provider: number }[];
  keys: number;
}

export interface DealModel {
  settledEpoch: number;
  rate: bigint;
  workers: readonly { node: number; price: bigint; isEnded: boolean }[];
}

export const emptyMarketplace: Marketplace = {
  providers: 0,
  nodes: [],
  deals: [],
  thaws: [],
  slashes: [],
  bars: [],
  keys: 0,
};

/** A choice of what happens: `kind` picks the action, the others who and how much. */
export interface Action {
  kind: number;
  who: number;
  amount: number;
}

export type Emitted = Pick<AnyChainEvent, "name" | "contract" | "args">;
export interface Outcome {
  state: Marketplace;
  events: Emitted[];
}
export type Act = (state: Marketplace, action: Action, epoch: number) => Outcome | undefined;

export const token = address(0xf00d);
export const units = 2;

export function event<N extends EventName>(contract: ContractName, name: N, args: EventArgs<N>): Emitted {
  return { contract, name, args } as Emitted;
}

export function pick<T>(items: readonly T[], at: number): { item: T; index: number } | undefined {
  const index = items.length === 0 ? -1 : at % items.length;
  const item = items[index];
  return item === undefined ? undefined : { item, index };
}

export function address(seed: number): `0x${string}` {
  return `0x${(0xa000_0000n + BigInt(seed)).toString(16).padStart(40, "0")}`;
}

export function hash(seed: number): `0x${string}` {
  return `0x${seed.toString(16).padStart(64, "0")}`;
}
