import {
  dealsAbi,
  endWorker,
  epochAt,
  epochStart,
  read,
  readDealView,
  readWorker,
  releaseWorker,
  resign,
  type Chain,
} from "@millrace/sdk";
import { reading } from "../chain/reading.ts";
import { retake, unlessDone } from "../chain/retake.ts";
import { formatTime } from "../format.ts";

/** Where a worker stands on its way out. */
export type LeavingStage = "notice" | "waiting" | "ending" | "released";

/** What a step of leaving did, and what comes next. */
export interface LeavingStep {
  readonly deal: bigint;
  readonly node: number;
  readonly stage: LeavingStage;
  /** First epoch in which the next step is possible; null once it is over. */
  readonly nextEpoch: number | null;
  readonly text: string;
}

/** Somebody ended it, its owner gave notice from elsewhere, or the deal got money again: what comes next is another step. */
const overtaken = new Set(["deals-worker-ended", "deals-already-resigned", "deals-not-insolvent"]);
const released = new Set(["deals-worker-unknown"]);

/**
 * Takes a worker one step further out of its deal: notice, end, release; whichever is possible now. Nothing is sent
 * while it has to wait. Anyone (a keeper) may take the same step at the same moment; then this one goes on from there.
 */
export async function leave(chain: Chain, of: { deal: bigint; node: number }): Promise<LeavingStep> {
  const step = retake(chain, overtaken, () => takeStep(chain, of));
  return (
    (await unlessDone(released, step)) ?? {
      ...{ ...of, stage: "released", nextEpoch: null },
      text: `Deal ${of.deal}: over; somebody released it.`,
    }
  );
}

async function takeStep(chain: Chain, of: { deal: bigint; node: number }): Promise<LeavingStep> {
  const { deployment } = chain;
  const address = deployment.contracts.deals;
  const [{ timestamp }, worker, view, noticeEpoch] = await Promise.all([
    reading(chain, () => chain.publicClient.getBlock()),
    readWorker(chain, of),
    readDealView(chain, of.deal),
    read(chain, { address, abi: dealsAbi, functionName: "noticeEpoch", args: [of.deal, of.node] }),
  ]);
  const epoch = epochAt(deployment, timestamp);
  const from = (next: number) => `epoch ${next}, ${formatTime(epochStart(deployment, next))}`;
  const step = (stage: LeavingStage, nextEpoch: number | null, text: string): LeavingStep => ({
    ...{ ...of, stage, nextEpoch },
    text: `Deal ${of.deal}: ${text}`,
  });
  const again = "run the same command then";
  const ends = [worker.lastEpoch, view.deal.endEpoch].filter((end) => end !== 0);
  const last = ends.length === 0 ? undefined : Math.min(...ends);
  if (last !== undefined && last < epoch) {
    await releaseWorker(chain, of);
    return step("released", null, "over; its units and stake are free and its pay is credited.");
  }
  if (last !== undefined)
    return step(
      "ending",
      last + 1,
      `it serves through epoch ${last} and is released from ${from(last + 1)} on; ${again}.`,
    );
  const isInsolvent = view.deal.insolventSince !== 0 && worker.firstEpoch <= epoch;
  if (isInsolvent || (noticeEpoch !== 0 && epoch >= noticeEpoch)) {
    await endWorker(chain, of);
    const why = isInsolvent && noticeEpoch === 0 ? "the deal has no money, so no notice was needed; " : "";
    return step(
      "ending",
      epoch + 1,
      `${why}this epoch is its last; it is released from ${from(epoch + 1)} on; ${again}.`,
    );
  }
  if (noticeEpoch !== 0)
    return step(
      "waiting",
      noticeEpoch,
      `notice was given; it can end from ${from(noticeEpoch)} on; ${again}, and serve until it has ended.`,
    );
  await resign(chain, of);
  const notice = await read(chain, {
    address,
    abi: dealsAbi,
    functionName: "noticeEpoch",
    args: [of.deal, of.node],
  });
  return step(
    "notice",
    notice,
    `notice given; it serves and is paid on, and can end from ${from(notice)} on; ${again}.`,
  );
}
