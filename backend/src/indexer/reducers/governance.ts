import type { EventArgs } from "../../chain/events.ts";
import type { Rows } from "../../store/rowCache.ts";
import { change, create, printable, type Reducers } from "./reducer.ts";

type GovernanceEvent =
  | "ParameterSet"
  | "GuardianSet"
  | "EntryPaused"
  | "EntryResumed"
  | "ProposalCreated"
  | "ProposalQueued"
  | "ProposalExecuted"
  | "ProposalCanceled"
  | "VoteCast"
  | "VoteCastWithParams"
  | "EIP712DomainChanged"
  | "ProposalThresholdSet"
  | "QuorumNumeratorUpdated"
  | "TimelockChange"
  | "VotingDelaySet"
  | "VotingPeriodSet";

/** docs/protocol.md, "Governance": proposals and votes. */
export const governanceReducers: Reducers<GovernanceEvent> = {
  // What is in force is read from the contracts.
  ParameterSet: null,
  GuardianSet: null,
  EntryPaused: null,
  EntryResumed: null,
  EIP712DomainChanged: null,
  ProposalThresholdSet: null,
  QuorumNumeratorUpdated: null,
  TimelockChange: null,
  VotingDelaySet: null,
  VotingPeriodSet: null,

  ProposalCreated: async ({ rows }, { args, blockNumber }) => {
    const id = Number(args.proposalId);
    const calls = args.targets.map((target, index) => ({
      target,
      value: (args.values[index] ?? 0n).toString(),
      data: args.calldatas[index] ?? "0x",
    }));
    await create(
      rows,
      "proposal",
      { id },
      {
        id,
        proposer: args.proposer,
        description: printable(args.description),
        calls,
        voteStart: Number(args.voteStart),
        voteEnd: Number(args.voteEnd),
        againstVotes: 0n,
        forVotes: 0n,
        abstainVotes: 0n,
        eta: null,
        canceled: false,
        createdAtBlock: blockNumber,
        executedAtBlock: null,
      },
    );
  },

  ProposalQueued: async ({ rows }, { args }) => {
    await change(rows, "proposal", { id: Number(args.proposalId) }, () => ({
      eta: Number(args.etaSeconds),
    }));
  },

  ProposalExecuted: async ({ rows }, { args, blockNumber }) => {
    await change(rows, "proposal", { id: Number(args.proposalId) }, () => ({
      executedAtBlock: blockNumber,
    }));
  },

  ProposalCanceled: async ({ rows }, { args }) => {
    await change(rows, "proposal", { id: Number(args.proposalId) }, () => ({ canceled: true }));
  },

  VoteCast: ({ rows }, { args, blockNumber }) => countVote(rows, args, blockNumber),
  VoteCastWithParams: ({ rows }, { args, blockNumber }) => countVote(rows, args, blockNumber),
};

const votesOf = ["againstVotes", "forVotes", "abstainVotes"] as const;

async function countVote(rows: Rows, args: EventArgs<"VoteCast">, block: number): Promise<void> {
  const { voter, support, weight, reason } = args;
  const proposal = Number(args.proposalId);
  const column = votesOf[support];
  if (column === undefined) throw new Error(`The governor counts no votes of kind ${support}`);
  await change(rows, "proposal", { id: proposal }, (row) => ({ [column]: row[column] + weight }));
  const key = { proposal, voter };
  await create(rows, "vote", key, { ...key, support, weight, reason: printable(reason), block });
}
