import { epochStart, type Deployment } from "@millrace/sdk";

/**
 * When a worker can be released: once its last epoch is over and, in a deal whose terms have a function commitment, what it
 * served cannot be disputed any more (docs/protocol.md, "Stake").
 * @param last the worker's last epoch, or its deal's if that is earlier
 * @param disputeWindow of the deal, in seconds
 * @returns unix seconds
 */
export function releasableAt(deployment: Deployment, last: number, disputeWindow: number): number {
  return epochStart(deployment, last + 1) + disputeWindow;
}

/** The last epoch of a worker; undefined while both the worker and its deal are open. */
export function lastEpochOf(worker: { lastEpoch: number }, deal: { endEpoch: number }): number | undefined {
  const ends = [worker.lastEpoch, deal.endEpoch].filter((end) => end !== 0);
  return ends.length === 0 ? undefined : Math.min(...ends);
}
