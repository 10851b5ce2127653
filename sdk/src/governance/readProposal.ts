import type { Chain } from "../chain/chain.ts";
import { read } from "../chain/read.ts";
import { governorAbi } from "../generated/governorAbi.ts";
import { votingPowerAbi } from "../generated/votingPowerAbi.ts";
import { proposalStates, type ProposalState } from "./proposalStates.ts";
import { readProposalContent, readProposalContents, type ProposalContent } from "./readProposalContent.ts";

/** A proposal with where it stands now. Votes are MILL with 18 decimals. */
export interface Proposal extends ProposalContent {
  readonly state: ProposalState;
  readonly votes: { readonly for: bigint; readonly against: bigint; readonly abstain: bigint };
  /** for and abstain together must reach this; before the vote begins it is the one of now */
  readonly quorum: bigint;
  /** unix seconds from which it can be executed; undefined before it is queued */
  readonly executableAt: number | undefined;
}

/**
 * A proposal with its state and votes.
 * @throws MillraceError `governor-nonexistent-proposal`, `rpc-unreachable`
 */
export async function readProposal(chain: Chain, proposal: bigint): Promise<Proposal> {
  return complete(chain, await readProposalContent(chain, proposal));
}

/** Every proposal, the newest first, from the chain alone. */
export async function listProposals(chain: Chain): Promise<Proposal[]> {
  const contents = await readProposalContents(chain);
  return Promise.all(contents.reverse().map((content) => complete(chain, content)));
}

async function complete(chain: Chain, content: ProposalContent): Promise<Proposal> {
  const governor = { address: chain.deployment.contracts.governor, abi: governorAbi } as const;
  const args = [content.id] as const;
  const [state, [against, inFavour, abstain], eta, quorum] = await Promise.all([
    read(chain, { ...governor, functionName: "state", args }),
    read(chain, { ...governor, functionName: "proposalVotes", args }),
    read(chain, { ...governor, functionName: "proposalEta", args }),
    readQuorum(chain, content.voteStart),
  ]);
  return {
    ...content,
    // A number that the table lacks would be another governor.
    state: proposalStates[state] ?? "expired",
    votes: { for: inFavour, against, abstain },
    quorum,
    executableAt: eta === 0n ? undefined : Number(eta),
  };
}

/** The quorum of the second whose votes count, or of the newest past one while that is still to come. */
async function readQuorum(chain: Chain, voteStart: number): Promise<bigint> {
  const { governor, votingPower } = chain.deployment.contracts;
  const now = await read(chain, {
    address: votingPower,
    abi: votingPowerAbi,
    functionName: "clock",
    args: [],
  });
  const timepoint = BigInt(Math.min(voteStart, now - 1));
  return read(chain, { address: governor, abi: governorAbi, functionName: "quorum", args: [timepoint] });
}
