import type { Logger } from "pino";
import type { Assignment } from "../chain/assignments.ts";
import { type ModuleVersion, versionsIn } from "../chain/moduleVersions.ts";
import { servingState } from "../chain/servingState.ts";
import { createDealModules, type DealModules, type ModulesStatus, sumOf } from "./dealModules.ts";
import type { DealRuntime, DealState, Load } from "./dealRuntime.ts";

export type { Load } from "./dealRuntime.ts";

export interface DealStatus {
  deal: string;
  state: DealState;
  reason: string | undefined;
  /** the module that answers calls */
  cid: string;
  /** undefined where nothing runs */
  modules: ModulesStatus | undefined;
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
  load(): Load;
  /** Stops everything. */
  close(): Promise<void>;
}

/** Makes an empty table. @param open starts one module of a deal */
export function createDealTable({
  open,
  log,
}: {
  open: (assignment: Assignment, version: ModuleVersion) => DealRuntime;
  log: Logger;
}): DealTable {
  let assignments: ReadonlyMap<bigint, Assignment> = new Map();
  const running = new Map<bigint, DealModules>();
  const stopping = new Set<Promise<void>>();

  function stop(deal: bigint, runtime: DealRuntime, reason: string): void {
    log.info({ deal: deal.toString(), cid: runtime.cid, reason }, "deal stopped");
    const stopped = runtime
      .stop()
      .catch((error: unknown) => log.error({ deal: deal.toString(), err: error }, "closing a sandbox failed"))
      .finally(() => stopping.delete(stopped));
    stopping.add(stopped);
  }

  function stopAll(deal: bigint, modules: DealModules, reason: string): void {
    running.delete(deal);
    for (const runtime of modules.takeAll()) stop(deal, runtime, reason);
  }

  function start(deal: bigint): DealModules {
    log.info({ deal: deal.toString() }, "deal started");
    const modules = createDealModules({ open, log });
    running.set(deal, modules);
    return modules;
  }

  function find(deal: bigint, epoch: number): Lookup {
    const assignment = assignments.get(deal);
    if (assignment === undefined)
      return { kind: "not-served", reason: "this node has no worker in the deal" };
    const state = servingState(assignment.worker, assignment.view, epoch);
    if (!state.serves) return { kind: "not-served", reason: state.reason };
    const runtime = running.get(deal)?.serving(assignment, epoch);
    if (runtime === undefined) return { kind: "not-served", reason: "the deal is being stopped" };
    return { kind: "served", assignment, runtime };
  }

  return {
    apply: (next, epoch) => {
      assignments = next;
      for (const [deal, modules] of running) {
        const assignment = next.get(deal);
        const state = servingState(assignment?.worker, assignment?.view, epoch);
        if (!state.serves) stopAll(deal, modules, state.reason);
      }
      for (const [deal, assignment] of next) {
        if (!servingState(assignment.worker, assignment.view, epoch).serves) continue;
        const modules = running.get(deal) ?? start(deal);
        for (const runtime of modules.apply(assignment, epoch))
          stop(deal, runtime, "another version of the function serves now");
      }
    },
    find,
    status: (epoch) => [...assignments.values()].map((assignment) => statusOf(assignment, epoch, running)),
    load: () => sumOf([...running.values()].map((modules) => modules.load())),
    close: async () => {
      for (const [deal, modules] of running) stopAll(deal, modules, "the node stops");
      await Promise.all(stopping);
    },
  };
}

function statusOf(
  assignment: Assignment,
  epoch: number,
  running: ReadonlyMap<bigint, DealModules>,
): DealStatus {
  const { worker, view } = assignment;
  const deal = assignment.deal.toString();
  const rule = servingState(worker, view, epoch);
  const modules = rule.serves ? running.get(assignment.deal)?.status(assignment, epoch) : undefined;
  if (modules !== undefined) {
    const { state, reason, cid } = modules.present;
    return { deal, cid, state, reason, modules };
  }
  const cid = versionsIn(assignment.modules, epoch)[0]?.cid ?? "";
  return { deal, cid, state: "stopped", reason: rule.reason, modules: undefined };
}
