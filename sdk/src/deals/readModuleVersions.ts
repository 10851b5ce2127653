import { encodeEventTopics, numberToHex, parseEventLogs, type Hex } from "viem";
import type { Chain } from "../chain/chain.ts";
import { readLogs } from "../chain/readLogs.ts";
import { readDealCreation } from "../chain/readTerms.ts";
import { digestToCid } from "../cid.ts";
import { decodeRevert } from "../errors/decodeRevert.ts";
import { modulesAbi } from "../generated/modulesAbi.ts";

/** A module of a deal. */
export interface ModuleVersion {
  /** 0 for the module in the deal's terms, then 1, 2, … */
  version: number;
  /** first epoch in which it is in force; for version 0 the epoch of the deal's creation */
  fromEpoch: number;
  cid: string;
  /** what its calls are proved against; zero if it has none */
  functionCommitment: Hex;
}

/** What {@link readModuleVersions} gives. */
export interface ModuleVersions {
  /** oldest first; never empty */
  versions: ModuleVersion[];
  /** the version in force in an epoch; in epochs before the deal the first one */
  at: (epoch: number) => ModuleVersion;
}

/**
 * All versions of a deal's module, from the chain's logs alone.
 * @throws MillraceError `deals-unknown`, `rpc-unreachable`
 */
export async function readModuleVersions(chain: Chain, deal: bigint): Promise<ModuleVersions> {
  const { terms, epoch, blockNumber } = await readDealCreation(chain, deal);
  const toBlock = await chain.publicClient.getBlockNumber().catch((error: unknown) => {
    throw decodeRevert(error, { deployment: chain.deployment });
  });
  const [topic] = encodeEventTopics({ abi: modulesAbi, eventName: "ModuleChanged" });
  const logs = await readLogs(chain, {
    address: chain.deployment.contracts.modules,
    topics: [topic, numberToHex(deal, { size: 32 })],
    fromBlock: blockNumber,
    toBlock,
  });
  const { moduleDigest, functionCommitment } = terms;
  const first = { version: 0, fromEpoch: epoch, cid: digestToCid(moduleDigest), functionCommitment };
  const later = parseEventLogs({ abi: modulesAbi, eventName: "ModuleChanged", logs }).map(({ args }) => ({
    version: args.version,
    fromEpoch: args.fromEpoch,
    cid: digestToCid(args.moduleDigest),
    functionCommitment: args.functionCommitment,
  }));
  return {
    versions: [first, ...later],
    at: (wanted) => later.findLast(({ fromEpoch }) => fromEpoch <= wanted) ?? first,
  };
}
