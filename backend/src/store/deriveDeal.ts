import type { DealStatus } from "@millrace/sdk";
import type { DealRow } from "./rows.ts";

/** A deal in some epoch, without a call to the chain. Amounts in smallest units of the payment token. */
export interface DealState {
  status: DealStatus;
  /** Not yet charged, all epochs up to the present one decided. */
  balance: bigint;
  settledEpoch: number;
  /** First epoch of the present run of unfunded epochs; null if the last decided one was funded. */
  insolventSince: number | null;
  /** Last epoch; null while open. */
  endEpoch: number | null;
  /** Last epoch that the balance covers at the present rate; null when nothing is charged. */
  fundedThroughEpoch: number | null;
}

type DealMoney = Pick<
  DealRow,
  | "balance"
  | "ratePerEpoch"
  | "settledEpoch"
  | "insolventSince"
  | "endEpoch"
  | "workers"
  | "minWorkers"
  | "minFundedEpochs"
>;

type Decided = Omit<DealState, "status" | "fundedThroughEpoch">;

/**
 * What the contract's view `getDeal` says of a deal in `epoch`, from the row of its last event.
 *
 * The only second copy of rules of the contract (contracts/deals/Billing.sol `decide`, `reserve`; Deals.sol `_statusOf`,
 * `_fundedThroughEpoch`; docs/protocol.md "Time"). Lists need it, since a deal's status changes with time and without an
 * event; whoever acts on one deal asks the contract. backend/test/indexer/chain.test.ts compares the two on a real chain.
 */
export function deriveDeal(row: DealMoney, epoch: number): DealState {
  const decided = decide(row, epoch);
  return {
    ...decided,
    status: statusOf(row, decided, epoch),
    fundedThroughEpoch: fundedThrough(row, decided, epoch),
  };
}

function decide(row: DealMoney, epoch: number): Decided {
  const { balance, ratePerEpoch: rate, settledEpoch, insolventSince, endEpoch, minFundedEpochs } = row;
  const last = endEpoch === null ? epoch : Math.min(epoch, endEpoch);
  if (last <= settledEpoch) return { balance, settledEpoch, insolventSince, endEpoch };
  const open = last - settledEpoch;
  const funded = rate === 0n ? open : Math.min(open, clamp(balance / rate));
  const rest = balance - BigInt(funded) * rate;
  if (funded === open) return { balance: rest, settledEpoch: last, insolventSince: null, endEpoch };
  const since = funded === 0 && insolventSince !== null ? insolventSince : settledEpoch + funded + 1;
  const endOfPatience = since + minFundedEpochs - 1;
  const ranDry = endOfPatience <= last;
  return {
    balance: rest,
    settledEpoch: ranDry ? endOfPatience : last,
    insolventSince: since,
    endEpoch: ranDry ? endOfPatience : endEpoch,
  };
}

function statusOf(row: DealMoney, { balance, insolventSince, endEpoch }: Decided, epoch: number): DealStatus {
  if (endEpoch !== null && epoch > endEpoch) return "ended";
  if (insolventSince !== null) return "insolvent";
  if (row.workers < row.minWorkers) return "matching";
  const epochsLeft = endEpoch === null ? row.minFundedEpochs : Math.max(0, endEpoch - epoch);
  const reserve = BigInt(Math.min(row.minFundedEpochs, epochsLeft)) * row.ratePerEpoch;
  return balance < reserve ? "underfunded" : "active";
}

function fundedThrough(
  { ratePerEpoch: rate }: DealMoney,
  { balance, insolventSince, endEpoch }: Decided,
  epoch: number,
): number | null {
  if (rate === 0n) return null;
  const ahead = clamp(balance / rate);
  const isOver = endEpoch !== null && epoch >= endEpoch;
  if (insolventSince !== null && (ahead === 0 || isOver)) return insolventSince - 1;
  if (endEpoch === null) return epoch + ahead;
  return isOver ? endEpoch : Math.min(epoch + ahead, endEpoch);
}

/** Epochs are uint32 on the chain. */
function clamp(epochs: bigint): number {
  return Number(epochs > 4_294_967_295n ? 4_294_967_295n : epochs);
}
