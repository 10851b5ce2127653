import type { Logger } from "pino";
import type { Assignment } from "../chain/assignments.ts";
import { servingState } from "../chain/servingState.ts";
import type { DealRuntime, DealState } from "./dealRuntime.ts";

export interface DealStatus {
  deal: string;
  state: DealState;
  reason: string | undefined;
  cid: string;
}

/** What a caller of a deal finds. */
export type Lookup =
  { kind: "served"; assignment: Assignment; runtime: DealRuntime } | { kind: "not-served"; reason: string };

/** The deals of this node and what runs for them. */
export interface DealTable {
  /** Starts and stops runtimes so that what runs is what the assignments ask for in an epoch. */
  apply(assignments: ReadonlyMap<bigint, Assignment>, epoch: number): void;
  find(deal: bigint, epoch: number): Lookup;
  status(epoch: number): DealStatus[];
  /** Stops everything. */
  close(): Promise<void>;
}

/** Makes an empty table. @param open starts a deal's runtime */
export function createDealTable({
  open,
  log,
}: {
  open: (assignment: Assignment) => DealRuntime;
  log: Logger;
}): DealTable {
  let assignments: ReadonlyMap<bigint, Assignment> = new Map();
  const runtimes = new Map<bigint, DealRuntime>();
  const stopping = new Set<Promise<void>>();

  function stop(deal: bigint, runtime: DealRuntime, reason: string): void {
    runtimes.delete(deal);
    log.info({ deal: deal.toString(), reason }, "deal stopped");
    const stopped = runtime
      .stop()
      .catch((error: unknown) => log.error({ deal: deal.toString(), err: error }, "closing a sandbox failed"))
      .finally(() => stopping.delete(stopped));
    stopping.add(stopped);
  }

  function find(deal: bigint, epoch: number): Lookup {
    const assignment = assignments.get(deal);
    if (assignment === undefined)
      return { kind: "not-served", reason: "this node has no worker in the deal" };
    const state = servingState(assignment.worker, assignment.view, epoch);
    if (!state.serves) return { kind: "not-served", reason: state.reason };
    const runtime = runtimes.get(deal);
    if (runtime === undefined) return { kind: "not-served", reason: "the deal is being stopped" };
    return { kind: "served", assignment, runtime };
  }

  return {
    apply: (next, epoch) => {
      assignments = next;
      for (const [deal, runtime] of runtimes) {
        const assignment = next.get(deal);
        const state = servingState(assignment?.worker, assignment?.view, epoch);
        if (!state.serves) stop(deal, runtime, state.reason);
        else if (assignment?.cid !== runtime.cid) stop(deal, runtime, "the deal has another module now");
      }
      for (const [deal, assignment] of next) {
        if (runtimes.has(deal) || !servingState(assignment.worker, assignment.view, epoch).serves) continue;
        log.info({ deal: deal.toString(), cid: assignment.cid }, "deal started");
        runtimes.set(deal, open(assignment));
      }
    },
    find,
    status: (epoch) =>
      [...assignments.values()].map(({ deal, cid, worker, view }) => {
        const rule = servingState(worker, view, epoch);
        const running = rule.serves ? runtimes.get(deal)?.status() : undefined;
        return {
          deal: deal.toString(),
          cid,
          ...(running ?? { state: "stopped" as const, reason: rule.reason }),
        };
      }),
    close: async () => {
      for (const [deal, runtime] of runtimes) stop(deal, runtime, "the node stops");
      await Promise.all(stopping);
    },
  };
}
