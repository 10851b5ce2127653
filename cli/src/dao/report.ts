import {
  describeAction,
  readParameters,
  simulateProposal,
  type Chain,
  type Proposal,
  type ProposalAction,
} from "@millrace/sdk";
import { reading } from "../chain/reading.ts";
import { formatDuration, formatMill, formatTime } from "../format.ts";
import { formatFields, type Paint } from "../output.ts";

/** An action in words, and whether it would succeed if it were executed now. */
export interface ActionReport extends ProposalAction {
  readonly sentence: string;
  readonly isKnown: boolean;
  /** why it would fail; undefined if it would not */
  readonly failure: string | undefined;
}

/** Says what actions do, and tries each without sending anything. */
export async function readActions(chain: Chain, actions: readonly ProposalAction[]): Promise<ActionReport[]> {
  const [current, tried] = await Promise.all([readParameters(chain), simulateProposal(chain, actions)]);
  return tried.map(({ action, error }) => ({
    ...action,
    ...describeAction(chain.deployment, action, current),
    failure: error === undefined ? undefined : error.shortMessage,
  }));
}

/** The chain's present second. */
export async function readNow(chain: Chain): Promise<number> {
  const { timestamp } = await reading(chain, () =>
    chain.publicClient.getBlock({ includeTransactions: false }),
  );
  return Number(timestamp);
}

/** What to type next, and from when on. */
export function nextFor({ id, state, voteStart, voteEnd, executableAt = 0 }: Proposal, now: number): string {
  const wait = (at: number) =>
    at > now ? ` (in ${formatDuration(at - now)}, from ${formatTime(at)} on)` : "";
  switch (state) {
    case "pending":
      return `millrace dao vote ${id} for${wait(voteStart + 1)}`;
    case "active":
      return `millrace dao vote ${id} for, until ${formatTime(voteEnd)} (${formatDuration(voteEnd - now)} left)`;
    case "succeeded":
      return `millrace dao queue ${id}`;
    case "queued":
      return `millrace dao execute ${id}${wait(executableAt)}`;
    case "executed":
      return "millrace dao params";
    default:
      return "millrace dao list";
  }
}

/** The whole proposal for a person. */
export function formatProposal(
  proposal: Proposal,
  { actions, now, paint }: { actions: readonly ActionReport[]; now: number; paint: Paint },
): string {
  const { id, title, body, state, proposer, votes, quorum } = proposal;
  const cast = votes.for + votes.abstain;
  const isOpen = state !== "executed" && state !== "cancelled" && state !== "defeated";
  const does = actions.map(({ sentence, failure }) =>
    isOpen && failure !== undefined ? `${sentence}\n  would fail now: ${failure}` : sentence,
  );
  return formatFields(
    [
      ["proposal", `${id}  ${title}`],
      ["", body === "" ? undefined : body],
      ["state", state],
      ["does", does.join("\n")],
      ["proposer", proposer],
      [
        "votes",
        `${formatMill(votes.for)} for, ${formatMill(votes.against)} against, ${formatMill(votes.abstain)} abstain`,
      ],
      ["quorum", `${formatMill(cast)} of ${formatMill(quorum)}${cast >= quorum ? ", reached" : ""}`],
      ["vote", `${formatTime(proposal.voteStart)} to ${formatTime(proposal.voteEnd)}`],
      ["next", nextFor(proposal, now)],
    ],
    paint,
  );
}

/** Where a proposal stands, for `--json`. */
export function proposalData(proposal: Proposal, now: number): object {
  const { id, title, body, state, proposer, votes, quorum, voteStart, voteEnd, executableAt } = proposal;
  return {
    ...{ proposal: id, title, body, state, proposer, votes, quorum, voteStart, voteEnd },
    executableAt: executableAt ?? null,
    next: nextFor(proposal, now),
  };
}

/** What a proposal does, for `--json`. */
export function actionsData(actions: readonly ActionReport[]): object[] {
  return actions.map((action) => ({ ...action, failure: action.failure ?? null }));
}
