import { type Chain, dealsAbi, readTerms, type Terms } from "@millrace/sdk";
import { type ModuleVersion, readModuleVersions } from "./moduleVersions.ts";
import type { DealView, WorkerView } from "./servingState.ts";

/** A deal this node was assigned to, as the contracts show it at one block. */
export interface Assignment {
  deal: bigint;
  terms: Terms;
  /** the newest of its function's modules, oldest first; never empty */
  modules: readonly ModuleVersion[];
  /** who may sign call permissions besides the terms' issuer */
  owner: `0x${string}`;
  worker: WorkerView;
  view: DealView;
}

/**
 * Reads a node's part in a deal from the contracts' views at a block.
 *
 * @param terms the deal's terms where they are known already
 * @throws what viem or `readTerms` throws; `decodeRevert` says `deals-unknown` if the chain has no such deal
 */
export async function readAssignment(
  chain: Chain,
  {
    deal,
    nodeId,
    blockNumber,
    terms,
  }: { deal: bigint; nodeId: number; blockNumber: bigint; terms: Terms | undefined },
): Promise<Assignment> {
  const address = chain.deployment.contracts.deals;
  const known = terms ?? (await readTerms(chain, deal));
  const at = { address, abi: dealsAbi, blockNumber } as const;
  const [worker, view, modules] = await Promise.all([
    chain.publicClient.readContract({ ...at, functionName: "getWorker", args: [deal, nodeId] }),
    chain.publicClient.readContract({ ...at, functionName: "getDeal", args: [deal] }),
    readModuleVersions(chain, { deal, terms: known, blockNumber }),
  ]);
  return { deal, terms: known, modules, owner: view.owner, worker, view };
}
