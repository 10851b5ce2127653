import { listSchema, slashesQuerySchema, slashSchema, type SlashItem } from "@millrace/sdk";
import { isAddressEqual, zeroAddress, type Address } from "viem";
import type { SlashRow } from "../store/rows.ts";
import { listSlashes } from "../store/slashes.ts";
import { pageOf, presentList, smallId } from "./lists.ts";
import { errorResponses, type ApiParameters, type App } from "./types.ts";

/** Whose stake was slashed, for what, and what became of it. */
export function registerSlashRoute(app: App, { store }: Pick<ApiParameters, "store">): void {
  app.get(
    "/v1/slashes",
    {
      schema: {
        tags: ["providers"],
        summary: "Slashes, the newest first",
        description:
          "A slash waits in escrow until vetoEndsAt. If nobody vetoes it, 40 % are the owner's of the deal and 10 % the reporter's; the rest is burned.",
        querystring: slashesQuerySchema,
        response: { 200: listSchema(slashSchema), ...errorResponses(400, 429) },
      },
    },
    async ({ query }) => {
      const { provider, deal, state } = query;
      const list = await listSlashes(store, { ...pageOf(query), deal, state, provider: smallId(provider) });
      return presentList(list, presentSlash);
    },
  );
}

function presentSlash(row: SlashRow): SlashItem {
  const reporter = row.reporter as Address;
  return {
    id: row.id,
    provider: row.provider,
    deal: row.deal,
    node: row.node,
    amount: row.amount.toString(),
    owner: row.owner,
    reporter: isAddressEqual(reporter, zeroAddress) ? null : reporter,
    vetoEndsAt: row.vetoEndsAt,
    state: row.state,
    slashedAtBlock: row.slashedAtBlock,
  };
}
