/** What the rule needs of `Deals.getWorker`. */
export interface WorkerView {
  /** first epoch it earns in; 0 if the node has no such worker */
  firstEpoch: number;
  /** last epoch it earns in, 0 while open */
  lastEpoch: number;
}

/** What the rule needs of `Deals.getDeal`: the deal with all epochs up to `settledEpoch` decided. */
export interface DealView {
  deal: {
    settledEpoch: number;
    /** first epoch of the present run of unfunded epochs, 0 if none */
    insolventSince: number;
    /** last epoch, 0 while open */
    endEpoch: number;
  };
  /** last epoch the balance covers at the present rate */
  fundedThroughEpoch: bigint;
}

type StopCause = "not-assigned" | "assignment-ended" | "deal-ended" | "insolvent";

export type ServingState =
  | { serves: true; reason: string }
  /** `over`: true if nothing but a new assignment (or a reorg) makes it serve again */
  | { serves: false; cause: StopCause; reason: string; over: boolean };

/**
 * Decides whether a worker serves in an epoch. It serves from its assignment on, through the last epoch of its own and
 * of the deal, in funded epochs only. docs/protocol.md, "Time" and "Deals".
 *
 * @param worker the node's worker in the deal; undefined or `firstEpoch` 0 if there is none
 * @param view the deal as of some block; undefined if there is none
 * @param epoch the epoch asked about; later than `view.deal.settledEpoch` while the chain is out of reach
 */
export function servingState(
  worker: WorkerView | undefined,
  view: DealView | undefined,
  epoch: number,
): ServingState {
  if (worker === undefined || view === undefined || worker.firstEpoch === 0) {
    return stopped("not-assigned", "this node has no worker in the deal", true);
  }
  if (worker.lastEpoch !== 0 && epoch > worker.lastEpoch) {
    return stopped("assignment-ended", `the assignment ended with epoch ${worker.lastEpoch}`, true);
  }
  const { endEpoch } = view.deal;
  if (endEpoch !== 0 && epoch > endEpoch) {
    return stopped("deal-ended", `the deal ended with epoch ${endEpoch}`, true);
  }
  if (!isFunded(view, epoch)) {
    return stopped("insolvent", `the deal has no money for epoch ${epoch}; it resumes after a top-up`, false);
  }
  return { serves: true, reason: describeEnd(worker.lastEpoch, endEpoch) };
}

/**
 * Decided epochs are read from `insolventSince`; later ones from how far the balance reaches, so that a top-up counts
 * from the next epoch on.
 */
function isFunded({ deal, fundedThroughEpoch }: DealView, epoch: number): boolean {
  if (epoch <= deal.settledEpoch) return deal.insolventSince === 0 || epoch < deal.insolventSince;
  return BigInt(epoch) <= fundedThroughEpoch;
}

function describeEnd(lastEpoch: number, endEpoch: number): string {
  const ends = [lastEpoch, endEpoch].filter((end) => end !== 0);
  return ends.length === 0 ? "assigned" : `assigned through epoch ${Math.min(...ends)}`;
}

function stopped(cause: StopCause, reason: string, over: boolean): ServingState {
  return { serves: false, cause, reason, over };
}
