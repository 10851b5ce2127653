import { encodeEventTopics, parseEventLogs, type Address } from "viem";
import type { Chain } from "../chain/chain.ts";
import { readDeal, type DealState } from "../chain/readDeal.ts";
import { readLogs } from "../chain/readLogs.ts";
import { decodeRevert } from "../errors/decodeRevert.ts";
import { dealsAbi } from "../generated/dealsAbi.ts";

/**
 * Every deal that an account created, ended ones too, from the chain alone.
 * @throws MillraceError `rpc-unreachable`
 */
export async function readDealsOf(chain: Chain, owner: Address): Promise<DealState[]> {
  const toBlock = await chain.publicClient.getBlockNumber().catch((error: unknown) => {
    throw decodeRevert(error, { deployment: chain.deployment });
  });
  const [topic, , ownerTopic] = encodeEventTopics({
    abi: dealsAbi,
    eventName: "DealCreated",
    args: { owner },
  });
  const logs = await readLogs(chain, {
    address: chain.deployment.contracts.deals,
    topics: [topic, null, typeof ownerTopic === "string" ? ownerTopic : null],
    fromBlock: BigInt(chain.deployment.deploymentBlock),
    toBlock,
  });
  const created = parseEventLogs({ abi: dealsAbi, eventName: "DealCreated", logs });
  return Promise.all(created.map(({ args: { deal, terms } }) => readDeal(chain, deal, terms)));
}
