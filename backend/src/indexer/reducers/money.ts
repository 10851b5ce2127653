import { isAddressEqual, zeroAddress } from "viem";
import type { AnyChainEvent } from "../../chain/events.ts";
import type { Rows } from "../../store/rowCache.ts";
import type { PaymentKind, PaymentRow } from "../../store/rows.ts";
import { change, create, noTip, rowAt, type Reducers } from "./reducer.ts";

type MoneyEvent =
  | "Deposited"
  | "Withdrawn"
  | "WorkerPaid"
  | "TipHeld"
  | "TipPaid"
  | "ClaimSkipped"
  | "EarningsWithdrawn"
  | "EarningsKept"
  | "RefundWithdrawn"
  | "FeesCollected";

type CreditKind = "earnings" | "refund" | "fee";

/** docs/protocol.md, "Pay": every movement of payment tokens, and what stays with Deals for somebody to pull. */
export const moneyReducers: Reducers<MoneyEvent> = {
  Deposited: async ({ rows }, event) => {
    const { payer, amount } = event.args;
    const deal = Number(event.args.deal);
    const { paymentToken: token } = await change(rows, "deal", { id: deal }, ({ balance }) => ({
      balance: balance + amount,
      changedAtBlock: event.blockNumber,
    }));
    await record(rows, event, "deposit", { deal, token, amount, account: payer });
  },

  Withdrawn: async ({ rows }, event) => {
    const { to, amount } = event.args;
    const deal = Number(event.args.deal);
    const { paymentToken: token } = await change(rows, "deal", { id: deal }, ({ balance }) => ({
      balance: balance - amount,
      changedAtBlock: event.blockNumber,
    }));
    await record(rows, event, "withdrawal", { deal, token, amount, account: to });
  },

  WorkerPaid: async ({ rows }, event) => {
    const { node, throughEpoch, pay, fee, refund, payout, recipient } = event.args;
    const deal = Number(event.args.deal);
    const { paymentToken: token, owner } = await rowAt(rows, "deal", { id: deal });
    const { provider } = await change(rows, "worker", { deal, node }, () => ({ settledEpoch: throughEpoch }));
    const isCredited = isAddressEqual(recipient, zeroAddress);
    if (isCredited) await credit(rows, "earnings", payout, token, pay);
    await credit(rows, "refund", owner, token, refund);
    await credit(rows, "fee", zeroAddress, token, fee);
    const common = { deal, node, provider, token, throughEpoch };
    await record(rows, event, "pay", { ...common, amount: pay, account: isCredited ? payout : recipient }, 0);
    await record(rows, event, "fee", { ...common, amount: fee }, 1);
    await record(rows, event, "refund", { ...common, amount: refund, account: owner }, 2);
  },

  TipHeld: async ({ rows }, { args, blockNumber }) => {
    const { node, matcher, amount } = args;
    const deal = Number(args.deal);
    await change(rows, "deal", { id: deal }, ({ balance }) => ({
      balance: balance - amount,
      changedAtBlock: blockNumber,
    }));
    await change(rows, "worker", { deal, node }, () => ({ tip: amount, tipMatcher: matcher }));
  },

  TipPaid: async ({ rows }, event) => {
    const { node, matcher, matcherAmount, challenger, challengerAmount } = event.args;
    const deal = Number(event.args.deal);
    const { paymentToken: token } = await rowAt(rows, "deal", { id: deal });
    await change(rows, "worker", { deal, node }, () => noTip);
    await credit(rows, "earnings", matcher, token, matcherAmount);
    await credit(rows, "earnings", challenger, token, challengerAmount);
    await record(rows, event, "tip", { deal, node, token, amount: matcherAmount, account: matcher }, 0);
    await record(rows, event, "tip", { deal, node, token, amount: challengerAmount, account: challenger }, 1);
  },

  // For whoever sent the claim; anyone can cause it for any deal and node, so it says nothing of either.
  ClaimSkipped: null,

  EarningsWithdrawn: async ({ rows }, event) => {
    const { payout, token, to, amount } = event.args;
    await credit(rows, "earnings", payout, token, -amount);
    await record(rows, event, "earnings-withdrawal", { token, amount, account: to });
  },

  // WorkerPaid has credited it already, and there it stays.
  EarningsKept: null,

  RefundWithdrawn: async ({ rows }, event) => {
    const { owner, token, to, amount } = event.args;
    await credit(rows, "refund", owner, token, -amount);
    await record(rows, event, "refund-withdrawal", { token, amount, account: to });
  },

  FeesCollected: async ({ rows }, event) => {
    const { token, treasury, amount } = event.args;
    await credit(rows, "fee", zeroAddress, token, -amount);
    await record(rows, event, "fee-collection", { token, amount, account: treasury });
  },
};

async function credit(
  rows: Rows,
  kind: CreditKind,
  account: string,
  token: string,
  amount: bigint,
): Promise<void> {
  if (amount === 0n) return;
  const key = { kind, account, token };
  const row = await rows.get("credit", key);
  rows.put("credit", { ...key, amount: (row?.amount ?? 0n) + amount });
}

async function record(
  rows: Rows,
  event: AnyChainEvent,
  kind: PaymentKind,
  columns: Pick<PaymentRow, "token" | "amount"> &
    Partial<Pick<PaymentRow, "deal" | "node" | "provider" | "account" | "throughEpoch">>,
  part = 0,
): Promise<void> {
  if (columns.amount === 0n) return;
  const { blockNumber, logIndex, timestamp, txHash } = event;
  const key = { blockNumber, logIndex, part };
  const none = { deal: null, node: null, provider: null, account: null, throughEpoch: null };
  await create(rows, "payment", key, { ...key, kind, ...none, ...columns, timestamp, txHash });
}
