import {
  encodeEventTopics,
  keccak256,
  parseEventLogs,
  stringToHex,
  type Address,
  type Hex,
  type Log,
} from "viem";
import type { Chain } from "../chain/chain.ts";
import { readLogs } from "../chain/readLogs.ts";
import { decodeRevert } from "../errors/decodeRevert.ts";
import { MillraceError } from "../errors/MillraceError.ts";
import { governorAbi } from "../generated/governorAbi.ts";
import type { ProposalAction } from "./actions.ts";

/** What a proposal says: fixed when it is made. */
export interface ProposalContent {
  /** from 1 */
  readonly id: bigint;
  readonly proposer: Address;
  readonly actions: readonly ProposalAction[];
  /** first line of the description */
  readonly title: string;
  /** the rest of it, perhaps empty */
  readonly body: string;
  /** as the governor names it in its calls */
  readonly descriptionHash: Hex;
  /** unix seconds: votes held at the end of this second count, and from the next one on they are cast */
  readonly voteStart: number;
  /** unix seconds: the last one in which votes are cast */
  readonly voteEnd: number;
  readonly transactionHash: Hex;
}

/** Every proposal ever made, the oldest first, from the governor's events alone. */
export async function readProposalContents(chain: Chain): Promise<ProposalContent[]> {
  const { deployment, publicClient } = chain;
  let toBlock: bigint;
  try {
    toBlock = await publicClient.getBlockNumber();
  } catch (error) {
    throw decodeRevert(error, { deployment });
  }
  const logs = await readLogs(chain, {
    address: deployment.contracts.governor,
    topics: encodeEventTopics({ abi: governorAbi, eventName: "ProposalCreated" }),
    fromBlock: BigInt(deployment.deploymentBlock),
    toBlock,
  });
  return logs.flatMap((log) => parse(log));
}

/**
 * What one proposal says.
 * @throws MillraceError `governor-nonexistent-proposal`, `rpc-unreachable`
 */
export async function readProposalContent(chain: Chain, proposal: bigint): Promise<ProposalContent> {
  const found = (await readProposalContents(chain)).find(({ id }) => id === proposal);
  if (found !== undefined) return found;
  throw new MillraceError({
    code: "governor-nonexistent-proposal",
    shortMessage: `There is no proposal ${proposal.toString()}.`,
    nextStep: "See what there is: millrace dao list",
  });
}

/** The arguments by which the governor's calls name a proposal. */
export function governorArguments({ actions, descriptionHash }: ProposalContent) {
  return [
    actions.map(({ target }) => target),
    actions.map(({ value }) => value),
    actions.map(({ data }) => data),
    descriptionHash,
  ] as const;
}

function parse(log: Log<bigint, number, false>): ProposalContent[] {
  return parseEventLogs({ abi: governorAbi, eventName: "ProposalCreated", logs: [log] }).map(
    ({ args, transactionHash }) => {
      const words = args.description.replace(/\s*#proposer=0x[0-9a-fA-F]{40}$/, "");
      const [title = "", ...rest] = words.split("\n");
      return {
        id: args.proposalId,
        proposer: args.proposer,
        actions: args.targets.map((target, index) => ({
          target,
          value: args.values[index] ?? 0n,
          data: args.calldatas[index] ?? "0x",
        })),
        title: title.trim(),
        body: rest.join("\n").trim(),
        descriptionHash: keccak256(stringToHex(args.description)),
        voteStart: Number(args.voteStart),
        voteEnd: Number(args.voteEnd),
        transactionHash,
      };
    },
  );
}
