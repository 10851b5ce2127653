import { encodeEventTopics, numberToHex, parseEventLogs } from "viem";
import type { Chain } from "../../chain/chain.ts";
import { findPaymentToken } from "../../chain/deployment.ts";
import { readLogs } from "../../chain/readLogs.ts";
import { dealsAbi } from "../../generated/dealsAbi.ts";
import { modulesAbi } from "../../generated/modulesAbi.ts";
import {
  dealEventWords,
  moduleEventWords,
  type DealEventName,
  type EventContext,
  type EventWords,
} from "./describeEvent.ts";
import type { DealEvent } from "./dealEvent.ts";

export interface ReadDealEventsParameters {
  deal: bigint;
  fromBlock: bigint;
  /** inclusive */
  toBlock: bigint;
  /** what earlier events told; changed by these */
  context: EventContext;
}

const names = [...(Object.keys(dealEventWords) as DealEventName[]), "ModuleChanged"] as const;
const abi = [...dealsAbi, ...modulesAbi] as const;
const words = { ...dealEventWords, ...moduleEventWords };
const topics = names.flatMap((eventName) => encodeEventTopics({ abi, eventName })[0]);

/**
 * A deal's events in a range of blocks, in words.
 * @throws MillraceError `rpc-unreachable`
 */
export async function readDealEvents(
  chain: Chain,
  { deal, fromBlock, toBlock, context }: ReadDealEventsParameters,
): Promise<DealEvent[]> {
  const { deals, modules } = chain.deployment.contracts;
  const logs = await readLogs(chain, {
    address: [deals, modules],
    topics: [topics, numberToHex(deal, { size: 32 })],
    fromBlock,
    toBlock,
  });
  return parseEventLogs({ abi, eventName: [...names], logs }).map((log) => {
    const { eventName, args, blockNumber, transactionHash } = log;
    if (eventName === "DealCreated") {
      context.terms = args.terms;
      context.token = findPaymentToken(chain.deployment, args.terms.paymentToken);
      context.decidedThrough = args.epoch;
    }
    // The name picks the entry and its arguments together; TypeScript can't follow that through a union.
    const describe = words[eventName] as (args: unknown, context: EventContext) => EventWords;
    const { sentence, routine = false } = describe(args, context);
    if (eventName === "EpochsDecided") context.decidedThrough = args.throughEpoch;
    // Epochs without a worker are decided without an event.
    if (eventName === "WorkerAssigned") context.decidedThrough = args.firstEpoch - 1;
    return {
      id: `${transactionHash}/${log.topics.join("")}${log.data}`,
      name: eventName,
      sentence,
      routine,
      node: "node" in args ? args.node : undefined,
      provider: "provider" in args ? args.provider : undefined,
      blockNumber,
      txHash: transactionHash,
    };
  });
}
