import type { DealStatus } from "@millrace/sdk";
import type { DealRow } from "./rows.ts";

/** A deal in some epoch, without a call to the chain. Amounts in smallest units of the payment token. */
export interface DealState {
  status: DealStatus;
  /** Not yet charged, all epochs up to the present one decided. */
  balance: bigint;
  settledEpoch: number;
  /** First epoch of the present run of unfunded epochs, null if the present one is funded. */
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
> & { terms: Pick<DealRow["terms"], "endEpoch"> };

/**
 * What the contract's view `getDeal` says of a deal in `epoch`, from the row of its last event.
 *
 * The only second copy of a contract's rule (docs/protocol.md, "Time"): an epoch is funded if the balance covers the rate
 * at its start. Lists need it, since a deal's status changes with time and without an event; whoever acts on one deal
 * asks the contract. A test compares the two on a real chain (backend/test/indexer/chain.test.ts).
 */
export function deriveDeal(row: DealMoney, epoch: number): DealState {
  const termsEnd = Number(row.terms.endEpoch);
  const plannedEnd = termsEnd === 0 ? null : termsEnd;
  const endEpoch = row.endEpoch ?? plannedEnd;
  const last = endEpoch === null ? epoch : Math.min(epoch, endEpoch);
  const settled = decide(row, last);
  const runEnd = settled.insolventSince === null ? null : settled.insolventSince + row.minFundedEpochs - 1;
  const ranDry = runEnd !== null && settled.settledEpoch >= runEnd && row.endEpoch === null;
  const ended = ranDry ? runEnd : endEpoch;
  const rate = row.ratePerEpoch;
  const left = rate === 0n ? null : settled.balance / rate;
  const isOver = ended !== null && (epoch > ended || ranDry || row.endEpoch !== null);
  return {
    ...settled,
    endEpoch: isOver ? ended : endEpoch,
    fundedThroughEpoch: left === null ? null : settled.settledEpoch + clamp(left),
    status: isOver ? "ended" : statusOf(row, settled.insolventSince, left),
  };
}

function decide(
  row: DealMoney,
  last: number,
): Pick<DealState, "balance" | "settledEpoch" | "insolventSince"> {
  const { balance, ratePerEpoch: rate, settledEpoch, insolventSince } = row;
  const open = last - settledEpoch;
  if (open <= 0) return { balance, settledEpoch, insolventSince };
  const affordable = rate === 0n ? open : clamp(balance / rate);
  const funded = Math.min(open, affordable);
  const rest = balance - BigInt(funded) * rate;
  if (funded === open) return { balance: rest, settledEpoch: last, insolventSince: null };
  const since = funded === 0 && insolventSince !== null ? insolventSince : settledEpoch + funded + 1;
  return { balance: rest, settledEpoch: last, insolventSince: since };
}

function statusOf(row: DealMoney, insolventSince: number | null, epochsLeft: bigint | null): DealStatus {
  if (insolventSince !== null) return "insolvent";
  if (row.workers < row.minWorkers) return "matching";
  if (epochsLeft !== null && epochsLeft < BigInt(row.minFundedEpochs)) return "underfunded";
  return "active";
}

/** Epochs are uint32 on the chain. */
function clamp(epochs: bigint): number {
  return Number(epochs > 4_294_967_295n ? 4_294_967_295n : epochs);
}
