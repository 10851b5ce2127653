import { zeroAddress } from "viem";
import type { AnyChainEvent, EventArgs, EventName } from "../../src/chain/events.ts";
import type { ContractName } from "../../src/chain/events.ts";

/** Just enough of the contracts' state to say which events may come next. Never changed in place. */
export interface Marketplace {
  providers: number;
  nodes: readonly { provider: number; operator: `0x${string}`; units: number }[];
  deals: readonly DealModel[];
  thaws: readonly { provider: number; thaw: number }[];
  bars: readonly { deal: number; provider: number }[];
  keys: number;
}

interface DealModel {
  settledEpoch: number;
  rate: bigint;
  workers: readonly { node: number; price: bigint; isEnded: boolean }[];
}

export const emptyMarketplace: Marketplace = {
  providers: 0,
  nodes: [],
  deals: [],
  thaws: [],
  bars: [],
  keys: 0,
};

/** A choice of what happens: `kind` picks the action, the others who and how much. */
export interface Action {
  kind: number;
  who: number;
  amount: number;
}

type Emitted = Pick<AnyChainEvent, "name" | "contract" | "args">;
interface Outcome {
  state: Marketplace;
  events: Emitted[];
}
type Act = (state: Marketplace, action: Action, epoch: number) => Outcome | undefined;

const token = address(0xf00d);
const units = 2;

/** What the action does, as the contracts would: events that fit the state, and the next state. Often nothing. */
export function act(state: Marketplace, action: Action, epoch: number): Outcome {
  const chosen = acts[action.kind % acts.length];
  return chosen?.(state, action, epoch) ?? { state, events: [] };
}

function event<N extends EventName>(contract: ContractName, name: N, args: EventArgs<N>): Emitted {
  return { contract, name, args } as Emitted;
}

function pick<T>(items: readonly T[], at: number): { item: T; index: number } | undefined {
  const index = items.length === 0 ? -1 : at % items.length;
  const item = items[index];
  return item === undefined ? undefined : { item, index };
}

function address(seed: number): `0x${string}` {
  return `0x${(0xa000_0000n + BigInt(seed)).toString(16).padStart(40, "0")}`;
}

function text(who: number): string {
  // A provider may write what it likes: also what PostgreSQL can't hold, or what needs escaping.
  return ["", "https://node.example", "\0", "\u{1F600}\\\"'{},", "NULL"][who % 5] ?? "";
}

function attributes(amount: number): EventArgs<"NodeAdded">["attributes"] {
  return {
    regionGroup: amount % 8,
    country: amount % 65_536,
    hardwareClass: amount % 5,
    cores: amount % 65_536,
    memoryGiB: 2 ** 16 - 1,
    bandwidthMbps: 2 ** 32 - 1,
  };
}

const registerProvider: Act = (state, { who, amount }) => {
  const provider = state.providers + 1;
  const args = { provider, owner: address(who), payout: address(amount), metadataDigest: hash(amount) };
  return {
    state: { ...state, providers: provider },
    events: [event("registry", "ProviderRegistered", args)],
  };
};

const changePayout: Act = (state, { who, amount }) => {
  if (state.providers === 0) return undefined;
  const provider = 1 + (who % state.providers);
  const payout = address(amount);
  const requested = { provider, payout, changesAt: BigInt(1_000_000 + (amount % 300)) };
  if (amount % 3 === 0)
    return { state, events: [event("registry", "PayoutChangeCancelled", { provider, payout })] };
  return { state, events: [event("registry", "PayoutChangeRequested", requested)] };
};

const stake: Act = (state, { who, amount }) => {
  if (state.providers === 0) return undefined;
  const provider = 1 + (who % state.providers);
  const args = { provider, from: address(who), amount: 2n ** 95n + BigInt(amount) };
  return { state, events: [event("staking", "Staked", args)] };
};

const thaw: Act = (state, { who, amount }) => {
  if (state.providers === 0) return undefined;
  const provider = 1 + (who % state.providers);
  const number = state.thaws.length + 1;
  const args = { provider, thaw: number, amount: BigInt(amount), readyAt: BigInt(1_000_000 + amount) };
  const thaws = [...state.thaws, { provider, thaw: number }];
  return { state: { ...state, thaws }, events: [event("staking", "ThawRequested", args)] };
};

const withdrawThawed: Act = (state, { who, amount }) => {
  const found = pick(state.thaws, who);
  if (found === undefined) return undefined;
  const args = { ...found.item, to: address(who), amount: BigInt(amount) };
  return { state, events: [event("staking", "ThawWithdrawn", args)] };
};

const addNode: Act = (state, { who, amount }) => {
  if (state.providers === 0) return undefined;
  const node = state.nodes.length + 1;
  const provider = 1 + (who % state.providers);
  const operator = address(0x10_000 + state.keys);
  const common = { node, provider, operator, units: 8, attributes: attributes(amount) };
  const added = { ...common, peerId: text(amount), endpoint: text(who) };
  const offered = { node, token, askPerUnitEpoch: BigInt(amount), on: true };
  return {
    state: {
      ...state,
      nodes: [...state.nodes, { provider, operator, units: 8 }],
      keys: state.keys + 1,
    },
    events: [event("registry", "NodeAdded", added), event("registry", "OfferSet", offered)],
  };
};

const changeNode: Act = (state, { who, amount }, epoch) => {
  const found = pick(state.nodes, who);
  if (found === undefined) return undefined;
  const node = found.index + 1;
  switch (amount % 6) {
    case 0: {
      const offer = { node, token, askPerUnitEpoch: BigInt(amount), on: who % 2 === 0 };
      return { state, events: [event("registry", "OfferSet", offer)] };
    }
    case 1: {
      const args = { node, peerId: text(who), endpoint: text(amount) };
      return { state, events: [event("registry", "NodeEndpointSet", args)] };
    }
    case 2: {
      const args = { node, units: 1 + (amount % 9), attributes: attributes(amount) };
      return { state, events: [event("registry", "NodeChanged", args)] };
    }
    case 3: {
      const operator = address(0x10_000 + state.keys);
      const args = { node, previous: found.item.operator, operator, fromEpoch: epoch + 1 };
      const nodes = state.nodes.with(found.index, { ...found.item, operator });
      return {
        state: { ...state, nodes, keys: state.keys + 1 },
        events: [event("registry", "OperatorRotated", args)],
      };
    }
    case 4:
      return { state, events: [event("registry", "NodeRetired", { node })] };
    default:
      return { state, events: [event("registry", "NodeAttended", { node, epoch })] };
  }
};

const createDeal: Act = (state, { who, amount }, epoch) => {
  const deal = BigInt(state.deals.length + 1);
  const terms = {
    paymentToken: token,
    moduleDigest: hash(who),
    unitsPerWorker: units,
    minWorkers: 1,
    targetWorkers: 3,
    maxWorkers: 32,
    maxWorkersPerProvider: 3,
    priceLimit: 2n ** 79n,
    minimumAsk: 0n,
    // The largest that a stranger may choose.
    endEpoch: amount % 2 === 0 ? 2 ** 32 - 1 : 0,
    openToAll: who % 2 === 0,
    permissionIssuer: zeroAddress,
    constraints: [{ attribute: 1, operator: 2, value: 2n ** 64n - 1n }],
    listMode: 1,
    providers: [1, 2],
  };
  const created = { deal, owner: address(who), feeBps: 100, minFundedEpochs: 2, epoch, terms };
  const deposited = { deal, payer: address(who), amount: 2n ** 96n - 1n - BigInt(amount) };
  const model = { settledEpoch: epoch, rate: 0n, workers: [] };
  return {
    state: { ...state, deals: [...state.deals, model] },
    events: [event("deals", "DealCreated", created), event("deals", "Deposited", deposited)],
  };
};

/** Decides epochs as the contract does before it changes a deal; silently while nothing is charged. */
function settle(deal: bigint, model: DealModel, epoch: number, seed: number): [DealModel, Emitted[]] {
  const open = epoch - model.settledEpoch;
  if (open <= 0) return [model, []];
  const settled = { ...model, settledEpoch: epoch };
  if (model.rate === 0n) return [settled, []];
  const fundedEpochs = seed % (open + 1);
  const charged = BigInt(fundedEpochs) * model.rate;
  return [settled, [event("deals", "EpochsDecided", { deal, throughEpoch: epoch, fundedEpochs, charged })]];
}

const changeDeal: Act = (state, { who, amount }, epoch) => {
  const found = pick(state.deals, who);
  if (found === undefined) return undefined;
  const deal = BigInt(found.index + 1);
  const [model, decided] = settle(deal, found.item, epoch, amount);
  const next = (changed: DealModel, events: Emitted[], rest: Partial<Marketplace> = {}): Outcome => ({
    state: { ...state, ...rest, deals: state.deals.with(found.index, changed) },
    events: [...decided, ...events],
  });
  const worker = pick(model.workers, amount);
  switch (amount % 8) {
    case 0:
      return next(model, [event("deals", "Withdrawn", { deal, to: address(who), amount: BigInt(amount) })]);
    case 1:
      return next(model, [event("deals", "DealEnded", { deal, endEpoch: epoch, insolvent: who % 2 === 0 })]);
    case 2: {
      const provider = 1 + (who % Math.max(1, state.providers));
      if (state.bars.some((bar) => bar.deal === found.index && bar.provider === provider)) {
        const bars = state.bars.filter((bar) => bar.deal !== found.index || bar.provider !== provider);
        return next(model, [event("deals", "ProviderUnbarred", { deal, provider })], { bars });
      }
      const bars = [...state.bars, { deal: found.index, provider }];
      return next(model, [event("deals", "ProviderBarred", { deal, provider })], { bars });
    }
    case 3:
      return worker === undefined ? undefined : next(model, pay(state, deal, worker.item.node, epoch, who));
    case 4:
      return worker === undefined ? undefined : end(state, deal, model, worker.index, epoch, next);
    default:
      return assign(state, deal, model, { who, amount, epoch }, next);
  }
};

type Next = (changed: DealModel, events: Emitted[]) => Outcome;

function assign(
  state: Marketplace,
  deal: bigint,
  model: DealModel,
  { who, amount, epoch }: { who: number; amount: number; epoch: number },
  next: Next,
): Outcome | undefined {
  const chosen = pick(state.nodes, who + amount);
  const node = (chosen?.index ?? 0) + 1;
  if (chosen === undefined || model.workers.some((worker) => worker.node === node)) return undefined;
  const price = BigInt(1 + (amount % 1_000));
  const workers = [...model.workers, { node, price, isEnded: false }];
  const rate = model.rate + price * BigInt(units);
  const provider = chosen.item.provider;
  const common = { deal, node, provider, pricePerUnitEpoch: price };
  const args = { ...common, firstEpoch: epoch + 1, lock: BigInt(amount) };
  return next({ ...model, workers, rate }, [
    event("deals", "NodeSkipped", { deal, node, refusal: 5 }),
    event("deals", "WorkerAssigned", args),
    ...(amount % 5 === 0 ? [event("deals", "WorkerResigned", { deal, node, noticeEpoch: epoch + 2 })] : []),
  ]);
}

function end(
  state: Marketplace,
  deal: bigint,
  model: DealModel,
  index: number,
  epoch: number,
  next: Next,
): Outcome | undefined {
  const worker = model.workers[index];
  if (worker === undefined) return undefined;
  const { node, price, isEnded } = worker;
  if (isEnded) {
    const workers = model.workers.toSpliced(index, 1);
    return next({ ...model, workers }, [
      ...pay(state, deal, node, epoch, index),
      event("deals", "WorkerReleased", { deal, node, unlocked: 5n }),
    ]);
  }
  const workers = model.workers.with(index, { ...worker, isEnded: true });
  const provider = state.nodes[node - 1]?.provider ?? 1;
  return next({ ...model, workers, rate: model.rate - price * BigInt(units) }, [
    event("deals", "WorkerEnded", { deal, node, cause: 1 + (epoch % 4), lastEpoch: epoch, slashed: 1n }),
    event("staking", "StakeSlashed", { provider, amount: 1n }),
  ]);
}

function pay(_state: Marketplace, deal: bigint, node: number, epoch: number, who: number): Emitted[] {
  const recipient = who % 2 === 0 ? zeroAddress : address(who);
  const amounts = { pay: BigInt(who), fee: BigInt(who % 3), refund: 2n ** 200n };
  const payout = address(who % 4);
  return [event("deals", "WorkerPaid", { deal, node, throughEpoch: epoch, ...amounts, payout, recipient })];
}

const pull: Act = (state, { who, amount }) => {
  const common = { token, amount: BigInt(amount) };
  const events = [
    event("deals", "EarningsWithdrawn", { ...common, payout: address(who % 4), to: address(who) }),
    event("deals", "RefundWithdrawn", { ...common, owner: address(who), to: address(who) }),
    event("deals", "FeesCollected", { ...common, treasury: address(who) }),
    event("parameters", "ParameterSet", { name: hash(who), previous: 0n, value: 2n ** 256n - 1n }),
  ];
  return { state, events: events.slice(who % 4, (who % 4) + 1) };
};

function hash(seed: number): `0x${string}` {
  return `0x${seed.toString(16).padStart(64, "0")}`;
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
  changePayout,
  stake,
  thaw,
  withdrawThawed,
  pull,
];
