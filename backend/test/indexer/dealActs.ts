import { numberToHex, zeroAddress, zeroHash } from "viem";
import {
  address,
  event,
  hash,
  pick,
  token,
  units,
  type Act,
  type DealModel,
  type Emitted,
  type Marketplace,
  type Outcome,
} from "./marketplace.ts";

export const createDeal: Act = (state, { who, amount }, epoch) => {
  const deal = BigInt(state.deals.length + 1);
  const terms = {
    paymentToken: token,
    moduleDigest: hash(who),
    functionCommitment: zeroHash,
    unitsPerWorker: units,
    minWorkers: 1,
    targetWorkers: 3,
    maxWorkers: 32,
    maxWorkersPerProvider: 3,
    priceLimit: 2n ** 79n,
    minimumAsk: 0n,
    priceToleranceBps: 0,
    tipPerWorker: 0n,
    // The largest that a stranger may choose.
    endEpoch: amount % 2 === 0 ? 2 ** 32 - 1 : 0,
    openToAll: who % 2 === 0,
    permissionIssuer: zeroAddress,
    constraints: [
      { attribute: numberToHex(1, { size: 32 }), operator: 2, value: 2n ** 64n - 1n, attester: address(who) },
    ],
    listMode: 1,
    providers: [1, 2],
  };
  const disputeWindow = who % 3 === 0 ? 20 : 0;
  const fixed = { feeBps: 100, minFundedEpochs: 2, disputeWindow };
  const created = { deal, owner: address(who), ...fixed, epoch, terms };
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

export const changeDeal: Act = (state, { who, amount }, epoch) => {
  const found = pick(state.deals, who);
  if (found === undefined) return undefined;
  const deal = BigInt(found.index + 1);
  const [model, decided] = settle(deal, found.item, epoch, amount);
  const next = (changed: DealModel, events: Emitted[], rest: Partial<Marketplace> = {}): Outcome => ({
    state: { ...state, ...rest, deals: state.deals.with(found.index, changed) },
    events: [...decided, ...events],
  });
  const worker = pick(model.workers, amount);
  switch (amount % 10) {
    case 0:
      return next(model, [event("deals", "Withdrawn", { deal, to: address(who), amount: BigInt(amount) })]);
    case 1:
      return next(model, [event("deals", "DealEnded", { deal, endEpoch: epoch, insolvent: who % 2 === 0 })]);
    case 2: {
      // An owner may bar whom it likes: also providers that never were, beyond what a column holds.
      const provider = who % 4 === 3 ? 2 ** 32 - 1 : 1 + (who % Math.max(1, state.providers));
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
    case 5:
      return next(model, [event("deals", "TargetChanged", { deal, targetWorkers: 1 + (who % 32) })]);
    case 6:
      return next(model, scale(deal, who, epoch));
    default:
      return assign(state, deal, model, { who, amount, epoch }, next);
  }
};

/** A scaler is named, changes the target at once, and sometimes loses its right again. */
function scale(deal: bigint, who: number, epoch: number): Emitted[] {
  const key = address(who % 5);
  const named = (by: `0x${string}`, capPerEpoch: bigint) =>
    event("deals", "ScalerChanged", { deal, key: by, capPerEpoch });
  return [
    named(key, 2n ** 88n - 1n - BigInt(who)),
    event("deals", "TargetScaled", { deal, key, epoch }),
    event("deals", "TargetChanged", { deal, targetWorkers: 1 + (who % 32) }),
    ...(who % 3 === 0 ? [named(zeroAddress, 0n)] : []),
  ];
}

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
  const args = { ...common, firstEpoch: epoch + 1, lock: BigInt(amount), challengeEndEpoch: epoch + 2 };
  return next({ ...model, workers, rate }, [
    event("deals", "NodeSkipped", { deal, node, refusal: 5 }),
    event("deals", "WorkerAssigned", args),
    ...tip(state, deal, node, { who, amount }),
    ...(amount % 5 === 0 ? [event("deals", "WorkerResigned", { deal, node, noticeEpoch: epoch + 2 })] : []),
  ]);
}

/** A tip, sometimes taken over from an earlier worker, sometimes paid. */
function tip(
  state: Marketplace,
  deal: bigint,
  node: number,
  { who, amount }: { who: number; amount: number },
) {
  const earlier = pick(state.deals[Number(deal) - 1]?.workers ?? [], who)?.item.node;
  const [matcher, challenger] = [address(who), address(who + 1)];
  const replacement = { deal, candidate: node, challenger, share: BigInt(who) };
  const amounts = { matcherAmount: BigInt(amount), challengerAmount: BigInt(who % 2) };
  return [
    ...(amount % 2 === 0 ? [event("deals", "TipHeld", { deal, node, matcher, amount: BigInt(amount) })] : []),
    ...(amount % 3 === 0 && earlier !== undefined
      ? [event("deals", "WorkerReplaced", { ...replacement, replaced: earlier })]
      : []),
    ...(amount % 7 === 0 ? [event("deals", "TipPaid", { deal, node, matcher, challenger, ...amounts })] : []),
  ];
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
  const outcome = next({ ...model, workers, rate: model.rate - price * BigInt(units) }, [
    event("deals", "WorkerEnded", { deal, node, cause: 1 + (epoch % 6), lastEpoch: epoch }),
    ...slash(state, { deal, node, provider, epoch }),
  ]);
  return { ...outcome, state: { ...outcome.state, slashes: [...state.slashes, { provider }] } };
}

function slash(
  state: Marketplace,
  { deal, node, provider, epoch }: { deal: bigint; node: number; provider: number; epoch: number },
): Emitted[] {
  const id = BigInt(state.slashes.length + 1);
  const parties = { owner: address(epoch % 4), reporter: epoch % 3 === 0 ? zeroAddress : address(epoch % 5) };
  const args = { slash: id, provider, amount: 1n, vetoEndsAt: 1_000_000 + (epoch % 300) };
  return [
    event("staking", "StakeSlashed", { ...args, ...parties }),
    event("deals", "WorkerSlashed", { deal, node, slash: id, slashedBps: 1, amount: 1n }),
  ];
}

/** Vetoes or executes some slash; that it happens to one twice says no more than once. */
export const decideSlash: Act = (state, { who, amount }) => {
  const found = pick(state.slashes, amount);
  if (found === undefined) return undefined;
  const args = { slash: BigInt(found.index + 1), provider: found.item.provider };
  const vetoed = event("staking", "SlashVetoed", { ...args, by: address(who), amount: 1n });
  const shares = { ownerShare: 0n, reporterShare: 0n, burned: 1n };
  return {
    state,
    events: [
      who % 2 === 0 ? vetoed : event("staking", "SlashExecuted", { ...args, ...shares }),
      event("staking", "SharesWithdrawn", { account: address(who), to: address(amount), amount: 1n }),
    ],
  };
};

function pay(_state: Marketplace, deal: bigint, node: number, epoch: number, who: number): Emitted[] {
  const recipient = who % 2 === 0 ? zeroAddress : address(who);
  const amounts = { pay: BigInt(who), fee: BigInt(who % 3), refund: 2n ** 200n };
  const payout = address(who % 4);
  return [event("deals", "WorkerPaid", { deal, node, throughEpoch: epoch, ...amounts, payout, recipient })];
}

export const pull: Act = (state, { who, amount }) => {
  const common = { token, amount: BigInt(amount) };
  const events = [
    event("deals", "EarningsWithdrawn", { ...common, payout: address(who % 4), to: address(who) }),
    event("deals", "RefundWithdrawn", { ...common, owner: address(who), to: address(who) }),
    event("deals", "FeesCollected", { ...common, treasury: address(who) }),
    event("parameters", "ParameterSet", { name: hash(who), previous: 0n, value: 2n ** 256n - 1n }),
    // Whoever claims may name deals and nodes that never were.
    event("deals", "ClaimSkipped", { deal: 2n ** 64n - 1n - BigInt(amount), node: 2 ** 32 - 1, reason: 1 }),
  ];
  return { state, events: events.slice(who % 5, (who % 5) + 1) };
};
