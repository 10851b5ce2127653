import { readNodeStatus } from "../api/readNodeStatus.ts";
import type { Chain } from "../chain/chain.ts";
import { readWorkers, type ActiveWorker } from "../chain/readWorkers.ts";
import { MillraceError } from "../errors/MillraceError.ts";

/** A worker and what its node says of the deal. */
export interface ServingWorker extends ActiveWorker {
  /** fetching, warming, ready, failed, stopped; "unreachable" where the node does not answer */
  readonly state: string;
  readonly reason: string | undefined;
  /** calls that its node answered since it started the module, and the fuel they used; undefined where it says nothing */
  readonly use: { readonly calls: number; readonly fuel: bigint } | undefined;
}

/**
 * The workers of a deal with what their nodes say of it; those that are ready first.
 * @throws MillraceError `deals-unknown`, `rpc-unreachable`
 */
export async function readServingWorkers(chain: Chain, deal: bigint): Promise<ServingWorker[]> {
  const workers = await Promise.all((await readWorkers(chain, deal)).map((worker) => ask(worker, deal)));
  return workers.sort((a, b) => Number(b.state === "ready") - Number(a.state === "ready"));
}

async function ask(worker: ActiveWorker, deal: bigint): Promise<ServingWorker> {
  try {
    const { deals } = await readNodeStatus(worker.endpoint);
    const found = deals.find((each) => each.deal === deal.toString());
    const use = found?.modules?.present.use;
    return {
      ...worker,
      state: found?.state ?? "unknown yet",
      reason: found?.reason,
      use: use && { calls: use.calls, fuel: BigInt(use.fuel) },
    };
  } catch (error) {
    if (error instanceof MillraceError)
      return {
        ...worker,
        state: "unreachable",
        reason: error.details ?? error.shortMessage,
        use: undefined,
      };
    throw error;
  }
}
