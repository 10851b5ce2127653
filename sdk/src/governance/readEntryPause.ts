import type { Chain } from "../chain/chain.ts";
import { read } from "../chain/read.ts";
import { decodeRevert } from "../errors/decodeRevert.ts";
import { parametersAbi } from "../generated/parametersAbi.ts";

/**
 * Until when the guardian closed the entry, in unix seconds; undefined while it is open.
 * @throws MillraceError `rpc-unreachable`
 */
export async function readEntryPause(chain: Chain): Promise<number | undefined> {
  const contract = { address: chain.deployment.contracts.parameters, abi: parametersAbi } as const;
  const [until, { timestamp }] = await Promise.all([
    read(chain, { ...contract, functionName: "entryPausedUntil", args: [] }),
    chain.publicClient.getBlock({ includeTransactions: false }).catch((error: unknown) => {
      throw decodeRevert(error, { deployment: chain.deployment });
    }),
  ]);
  return BigInt(until) > timestamp ? until : undefined;
}
