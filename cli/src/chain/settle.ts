import { settleWorker, type Chain } from "@millrace/sdk";
import { unlessDone } from "./retake.ts";

const settledMeanwhile = new Set(["deals-worker-unknown", "deals-nothing-owed"]);

/**
 * Credits what a worker earned to its payout address, and what it missed to the deal's owner. That somebody settled or
 * released it meanwhile, as anyone may, comes to the same.
 * @returns the pay of this settlement, in smallest units of the deal's payment token
 */
export async function settleUnlessDone(chain: Chain, of: { deal: bigint; node: number }): Promise<bigint> {
  return (await unlessDone(settledMeanwhile, settleWorker(chain, of)))?.pay ?? 0n;
}
