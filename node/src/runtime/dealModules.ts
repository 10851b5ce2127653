import type { Logger } from "pino";
import type { Hex } from "viem";
import type { Assignment } from "../chain/assignments.ts";
import { type ModuleVersion, versionAfter, versionsIn } from "../chain/moduleVersions.ts";
import type { DealRuntime, DealState, Load, Use } from "./dealRuntime.ts";

/** One version of a deal's function on this node. */
export interface ModuleStatus {
  version: number;
  cid: string;
  /** what preparing it has to come to; zero: anything */
  functionCommitment: Hex;
  /** first epoch it is to be served in */
  fromEpoch: number;
  state: DealState;
  reason: string | undefined;
  /** the function's; undefined before its sandbox is open */
  name: string | undefined;
  /** undefined where it does not run */
  use: Use | undefined;
}

/** What of a deal's function runs now and what follows. */
export interface ModulesStatus {
  /** the version that answers calls, or would if it were ready */
  present: ModuleStatus;
  /** the version that takes over at its epoch, or as soon as it can be run */
  next: ModuleStatus | undefined;
}

/** The versions of one deal's function that this node runs. */
export interface DealModules {
  /** Starts what an epoch asks for and what follows it, and gives back what is no longer needed. */
  apply(assignment: Assignment, epoch: number): DealRuntime[];
  /** What answers calls in an epoch; undefined while nothing is there. */
  serving(assignment: Assignment, epoch: number): DealRuntime | undefined;
  status(assignment: Assignment, epoch: number): ModulesStatus;
  load(): Load;
  /** Gives back everything. */
  takeAll(): DealRuntime[];
}

/**
 * Makes the versions of one deal. Rule: the newest version whose epoch has come serves as soon as it is ready; until
 * then the newest older one that is ready does. The next version is warmed as soon as it is known.
 *
 * @param open starts one module
 */
export function createDealModules({
  open,
  log,
}: {
  open: (assignment: Assignment, version: ModuleVersion) => DealRuntime;
  log: Logger;
}): DealModules {
  const runtimes = new Map<string, DealRuntime>();
  const runtimeOf = (version: ModuleVersion) => runtimes.get(keyOf(version));
  const stateOf = (version: ModuleVersion) => runtimeOf(version)?.status();
  const isReady = (version: ModuleVersion) => stateOf(version)?.state === "ready";
  let served: ModuleVersion | undefined;
  let toldHeld: number | undefined;

  /** The versions to run, the wanted one first: older ones only while none newer is ready. */
  function needed({ modules }: Assignment, epoch: number): ModuleVersion[] {
    const list: ModuleVersion[] = [];
    for (const version of versionsIn(modules, epoch)) {
      list.push(version);
      const known = stateOf(version);
      const isHopeful = known === undefined || (known.state !== "failed" && known.reason === undefined);
      const older = versionsIn(modules, epoch).find(
        (other) => other.version < version.version && isReady(other),
      );
      if (known?.state === "ready" || (isHopeful && older === undefined)) break;
    }
    const after = versionAfter(modules, epoch);
    return after === undefined ? list : [...list, after];
  }

  function servingVersion({ modules }: Assignment, epoch: number): ModuleVersion | undefined {
    const due = versionsIn(modules, epoch);
    const isThere = (version: ModuleVersion) => runtimeOf(version) !== undefined;
    const isComing = (version: ModuleVersion) => isThere(version) && stateOf(version)?.state !== "failed";
    return due.find(isReady) ?? due.find(isComing) ?? due.find(isThere);
  }

  function tell(assignment: Assignment, epoch: number): void {
    const now = servingVersion(assignment, epoch);
    const [wanted] = versionsIn(assignment.modules, epoch);
    if (now === undefined || wanted === undefined) return;
    const fields = { deal: assignment.deal.toString(), version: now.version, cid: now.cid };
    if (served !== undefined && served.version !== now.version && isReady(now))
      log.info({ ...fields, before: served.version, epoch }, "another version of the function serves now");
    if (wanted.version !== now.version && isReady(now) && toldHeld !== wanted.version) {
      toldHeld = wanted.version;
      const { state, reason } = stateOf(wanted) ?? {};
      log.error(
        { ...fields, wanted: wanted.version, wantedCid: wanted.cid, state, reason },
        "the version to be served now cannot be run yet; the one before serves on",
      );
    }
    if (isReady(now)) served = now;
  }

  return {
    apply: (assignment, epoch) => {
      for (const version of needed(assignment, epoch)) {
        if (runtimeOf(version) === undefined) runtimes.set(keyOf(version), open(assignment, version));
      }
      tell(assignment, epoch);
      const kept = new Set(needed(assignment, epoch).map(keyOf));
      const surplus = [...runtimes].filter(([key]) => !kept.has(key));
      for (const [key] of surplus) runtimes.delete(key);
      return surplus.map(([, runtime]) => runtime);
    },
    serving: (assignment, epoch) => {
      const version = servingVersion(assignment, epoch);
      return version && runtimeOf(version);
    },
    status: (assignment, epoch) => {
      const [wanted] = versionsIn(assignment.modules, epoch);
      const present = servingVersion(assignment, epoch) ?? wanted;
      if (present === undefined) throw new Error(`Deal ${assignment.deal} has no module.`);
      const held = wanted !== undefined && wanted.version !== present.version ? wanted : undefined;
      const next = held ?? versionAfter(assignment.modules, epoch);
      const describe = (version: ModuleVersion): ModuleStatus => ({
        ...version,
        ...(stateOf(version) ?? { state: "stopped", reason: undefined, name: undefined, use: undefined }),
      });
      return { present: describe(present), next: next && describe(next) };
    },
    load: () => sumOf([...runtimes.values()].map((runtime) => runtime.load())),
    takeAll: () => {
      const all = [...runtimes.values()];
      runtimes.clear();
      return all;
    },
  };
}

/** Versions of the same module and commitment run as one; with another commitment the same module is judged anew. */
function keyOf({ cid, functionCommitment }: ModuleVersion): string {
  return `${cid} ${functionCommitment}`;
}

/** Several loads as one. */
export function sumOf(loads: readonly Load[]): Load {
  const sum = (part: keyof Load) => loads.reduce((total, load) => total + load[part], 0);
  return { running: sum("running"), waiting: sum("waiting"), sandboxes: sum("sandboxes") };
}
