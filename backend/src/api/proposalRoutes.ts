import {
  governorAbi,
  itemSchema,
  listSchema,
  nameAt,
  pageQuerySchema,
  proposalSchema,
  proposalStates,
  voteChoices,
  voteSchema,
  type ProposalItem,
  type VoteItem,
} from "@millrace/sdk";
import type { Address } from "viem";
import { getProposal, listProposals, listVotes } from "../store/proposals.ts";
import type { ProposalRow, VoteRow } from "../store/rows.ts";
import { unknown } from "./errors.ts";
import { idParams, pageOf, presentItem, presentList } from "./lists.ts";
import { errorResponses, type ApiParameters, type App } from "./types.ts";
import { askChain } from "./views.ts";

/** What the token holders propose, and how they vote. */
export function registerProposalRoutes(app: App, parameters: ApiParameters): void {
  const { store } = parameters;
  app.get(
    "/v1/proposals",
    {
      schema: {
        tags: ["governance"],
        summary: "Proposals, the newest first",
        querystring: pageQuerySchema,
        response: { 200: listSchema(proposalSchema), ...errorResponses(400, 429) },
      },
    },
    async ({ query }) => {
      const list = await listProposals(store, pageOf(query));
      const states = await statesOf(parameters, list.items);
      return presentList(list, (row) => presentProposal(row, states));
    },
  );
  app.get(
    "/v1/proposals/:id",
    {
      schema: {
        tags: ["governance"],
        summary: "One proposal with its votes counted",
        params: idParams,
        response: { 200: itemSchema(proposalSchema), ...errorResponses(400, 404, 429) },
      },
    },
    async ({ params: { id } }) => {
      const found = await getProposal(store, id);
      if (found === undefined) throw unknown("proposal", id);
      const states = await statesOf(parameters, [found.item]);
      return presentItem(found, (row) => presentProposal(row, states));
    },
  );
  app.get(
    "/v1/proposals/:id/votes",
    {
      schema: {
        tags: ["governance"],
        summary: "Who voted how on a proposal, by voter",
        params: idParams,
        querystring: pageQuerySchema,
        response: { 200: listSchema(voteSchema), ...errorResponses(400, 429) },
      },
    },
    async ({ params: { id }, query }) =>
      presentList(await listVotes(store, { ...pageOf(query), proposal: id }), presentVote),
  );
}

/** What the governor says of each; without the chain only what is over is known. */
async function statesOf(
  parameters: ApiParameters,
  rows: readonly ProposalRow[],
): Promise<Map<number, ProposalItem["state"]>> {
  const open = rows.filter(({ executedAtBlock, canceled }) => executedAtBlock === null && !canceled);
  const asked = await askChain(parameters, ({ publicClient, deployment }) =>
    Promise.all(
      open.map(async ({ id }) => {
        const address = deployment.contracts.governor;
        const call = { address, abi: governorAbi, functionName: "state", args: [BigInt(id)] } as const;
        return [id, nameAt(proposalStates, await publicClient.readContract(call))] as const;
      }),
    ),
  ).catch(() => []);
  return new Map(asked);
}

function presentProposal(row: ProposalRow, states: ReadonlyMap<number, ProposalItem["state"]>): ProposalItem {
  const over = row.canceled ? "cancelled" : row.executedAtBlock === null ? null : "executed";
  return {
    id: row.id,
    proposer: row.proposer as Address,
    description: row.description,
    calls: row.calls.map(({ target, value, data }) => ({ target: target as Address, value, data })),
    state: over ?? states.get(row.id) ?? null,
    voteStart: row.voteStart,
    voteEnd: row.voteEnd,
    votes: {
      against: row.againstVotes.toString(),
      for: row.forVotes.toString(),
      abstain: row.abstainVotes.toString(),
    },
    eta: row.eta,
    createdAtBlock: row.createdAtBlock,
    executedAtBlock: row.executedAtBlock,
  };
}

function presentVote({ voter, support, weight, reason, block }: VoteRow): VoteItem {
  const choice = nameAt(voteChoices, support);
  return { voter: voter as Address, choice, weight: weight.toString(), reason, blockNumber: block };
}
