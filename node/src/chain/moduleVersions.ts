import { type Chain, digestToCid, modulesAbi, type Terms } from "@millrace/sdk";
import type { Hex } from "viem";

/** How many versions are kept at hand: the present one, the next, and some to go back to. */
const mostVersions = 4;

/** A module that a deal runs from an epoch on. */
export interface ModuleVersion {
  /** 0 for the module in the deal's terms, then 1, 2, … */
  version: number;
  fromEpoch: number;
  cid: string;
  /** what its preparation has to come to; zero if the deal's owner says nothing of it */
  functionCommitment: Hex;
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

/**
 * Reads the newest versions of a deal's function at a block, oldest first; never empty. A deal takes one an epoch, so
 * that the present one is always among them.
 *
 * @param terms the deal's, with its first module
 * @throws what viem throws
 */
export async function readModuleVersions(
  { publicClient, deployment }: Chain,
  { deal, terms, blockNumber }: { deal: bigint; terms: Terms; blockNumber: bigint },
): Promise<ModuleVersion[]> {
  const at = { address: deployment.contracts.modules, abi: modulesAbi, blockNumber } as const;
  const newest = await publicClient.readContract({ ...at, functionName: "versionCount", args: [deal] });
  const oldest = Math.max(0, newest - mostVersions + 1);
  const versions = Array.from({ length: newest - oldest + 1 }, (_, index) => oldest + index);
  return Promise.all(
    versions.map(async (version) => {
      if (version === 0) {
        const { moduleDigest, functionCommitment } = terms;
        return { version, fromEpoch: 0, cid: digestToCid(moduleDigest), functionCommitment };
      }
      const args = [deal, version] as const;
      const [digest, functionCommitment, fromEpoch] = await publicClient.readContract({
        ...at,
        functionName: "getVersion",
        args,
      });
      return { version, fromEpoch, cid: digestToCid(digest), functionCommitment };
    }),
  );
}
