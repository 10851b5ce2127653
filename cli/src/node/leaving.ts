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
import { lastEpochOf, releasableAt } from "../chain/release.ts";
import { retake, unlessDone } from "../chain/retake.ts";
import { formatDuration, formatTime } from "../format.ts";

/** Where a worker stands on its way out. */
export type LeavingStage = "notice" | "waiting" | "ending" | "held" | "released";

/** What a step of leaving did, and what comes next. */
export interface LeavingStep {
  readonly deal: bigint;
  readonly node: number;
  readonly stage: LeavingStage;
  /** Epoch in which the next step becomes possible; null once it is over. */
  readonly nextEpoch: number | null;
  /** When in it, in unix seconds. */
  readonly nextAt: number | null;
  readonly text: string;
}

/** Somebody ended it, its owner gave notice from elsewhere, or the deal got money again: what comes next is another step. */
const overtaken = new Set(["deals-worker-ended", "deals-already-resigned", "deals-not-insolvent"]);
const forgotten = new Set(["deals-worker-unknown"]);

/**
 * Takes a worker one step further out of its deal: notice, end, release; whichever is possible now. Nothing is sent
 * while it has to wait. Anyone (a keeper) may take the same step at the same moment; then this one goes on from there.
 */
export async function leave(chain: Chain, of: { deal: bigint; node: number }): Promise<LeavingStep> {
  const step = retake(chain, overtaken, () => takeStep(chain, of));
  return (
    (await unlessDone(forgotten, step)) ?? {
      ...{ ...of, stage: "released", nextEpoch: null, nextAt: null },
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
  const epochOf = (at: number) => epochAt(deployment, BigInt(at));
  const from = (at: number) => `epoch ${epochOf(at)}, ${formatTime(at)}`;
  const step = (stage: LeavingStage, nextAt: number | null, text: string): LeavingStep => ({
    ...{ ...of, stage, nextEpoch: nextAt === null ? null : epochOf(nextAt), nextAt },
    text: `Deal ${of.deal}: ${text}`,
  });
  const again = "run the same command then";
  const { disputeWindow } = view;
  const released = (last: number) => {
    const at = releasableAt(deployment, last, disputeWindow);
    const why = disputeWindow === 0 ? "" : `, ${formatDuration(disputeWindow)} after its end,`;
    return { at, says: `is released from ${from(at)} on${why}` };
  };
  const last = lastEpochOf(worker, view.deal);
  if (last !== undefined && last < epoch) {
    const { at } = released(last);
    if (timestamp < at)
      return step(
        "held",
        at,
        `it ended with epoch ${last}; what it served can be disputed until ${from(at)}, ` +
          `and its units and stake are held until then; ${again}.`,
      );
    await releaseWorker(chain, of);
    return step("released", null, "over; its units and stake are free and its pay is credited.");
  }
  if (last !== undefined) {
    const { at, says } = released(last);
    return step("ending", at, `it serves through epoch ${last} and ${says}; ${again}.`);
  }
  const isInsolvent = view.deal.insolventSince !== 0 && worker.firstEpoch <= epoch;
  if (isInsolvent || (noticeEpoch !== 0 && epoch >= noticeEpoch)) {
    await endWorker(chain, of);
    const why = isInsolvent && noticeEpoch === 0 ? "the deal has no money, so no notice was needed; " : "";
    const { at, says } = released(epoch);
    return step("ending", at, `${why}this epoch is its last; it ${says}; ${again}.`);
  }
  if (noticeEpoch !== 0)
    return step(
      "waiting",
      epochStart(deployment, noticeEpoch),
      `notice was given; it can end from ${from(epochStart(deployment, noticeEpoch))} on; ${again}, and serve until it has ended.`,
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
    epochStart(deployment, notice),
    `notice given; it serves and is paid on, and can end from ${from(epochStart(deployment, notice))} on; ${again}.`,
  );
}
