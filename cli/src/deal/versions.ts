import { epochAt, readModuleVersions, type Chain, type ModuleVersion } from "@millrace/sdk";
import { zeroHash, type Hex } from "viem";
import { reading } from "../chain/reading.ts";

/** The modules of a deal as of the newest block. */
export interface Versions {
  readonly present: ModuleVersion;
  /** The one that takes over with the next epoch. */
  readonly next: ModuleVersion | undefined;
  /** Oldest first. */
  readonly all: readonly ModuleVersion[];
}

/** Reads which module a deal runs, which one follows and which it had. */
export async function readVersions(chain: Chain, deal: bigint): Promise<Versions> {
  const [{ versions, at }, { timestamp }] = await Promise.all([
    readModuleVersions(chain, deal),
    reading(chain, () => chain.publicClient.getBlock()),
  ]);
  const present = at(epochAt(chain.deployment, timestamp));
  return { present, next: versions.find(({ version }) => version === present.version + 1), all: versions };
}

/** A version's function commitment as it is shown; nothing where it has none. */
export function describeCommitment(functionCommitment: Hex | undefined): Hex | undefined {
  return functionCommitment === zeroHash ? undefined : functionCommitment;
}
