/** A module that a deal runs from an epoch on. */
export interface ModuleVersion {
  /** 0 for the module in the deal's terms, then 1, 2, … */
  version: number;
  fromEpoch: number;
  cid: string;
}

/**
 * The versions whose time has come in an epoch, newest first: the first is the one to serve, the others what to fall
 * back to while that one cannot be run.
 *
 * @param modules a deal's versions, oldest first
 */
export function versionsIn(modules: readonly ModuleVersion[], epoch: number): ModuleVersion[] {
  return modules.filter(({ fromEpoch }) => fromEpoch <= epoch).toReversed();
}

/** The version that follows after an epoch; undefined if none is announced. */
export function versionAfter(modules: readonly ModuleVersion[], epoch: number): ModuleVersion | undefined {
  return modules.find(({ fromEpoch }) => fromEpoch > epoch);
}
