import { changeDeal, createDeal, decideSlash, pull } from "./dealActs.ts";
import type { Act, Action, Marketplace, Outcome } from "./marketplace.ts";
import {
  registerProvider,
  changePayout,
  stake,
  thaw,
  withdrawThawed,
  addNode,
  changeNode,
  describeNode,
} from "./registryActs.ts";

/** What the action does, as the contracts would: events that fit the state, and the next state. Often nothing. */
export function act(state: Marketplace, action: Action, epoch: number): Outcome {
  const chosen = acts[action.kind % acts.length];
  return chosen?.(state, action, epoch) ?? { state, events: [] };
}

const acts: readonly Act[] = [
  registerProvider,
  addNode,
  addNode,
  createDeal,
  changeDeal,
  changeDeal,
  changeDeal,
  changeDeal,
  changeNode,
  changeNode,
  describeNode,
  changePayout,
  stake,
  thaw,
  withdrawThawed,
  pull,
  decideSlash,
];
