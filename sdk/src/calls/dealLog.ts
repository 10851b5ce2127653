import { Type, type Static } from "typebox";
import type { Chain } from "../chain/chain.ts";
import { ownerRequest } from "./ownerRequest.ts";

export const dealLogEntrySchema = Type.Object({
  seq: Type.Integer({ minimum: 1, description: "Rises with each line of this deal on this node" }),
  time: Type.String({ description: "ISO 8601" }),
  requestId: Type.String(),
  source: Type.Enum(["stderr", "outcome"], {
    description: "The function's standard error, or how a call failed",
  }),
  text: Type.String(),
  droppedBefore: Type.Optional(
    Type.Integer({ minimum: 1, description: "Lines lost in a flood before this one" }),
  ),
});
/** One line of a deal's log on one node. */
export type DealLogEntry = Static<typeof dealLogEntrySchema>;

/** A page of a deal's log, oldest line first. */
export const dealLogPageSchema = Type.Object({ items: Type.Array(dealLogEntrySchema) });

export interface ReadDealLogParameters {
  deal: bigint;
  /** base URL of the worker */
  endpoint: string;
  /** only lines after this one; without it the newest lines */
  after?: number | undefined;
  /** most lines, 1 to 1000; default 100 */
  limit?: number | undefined;
  /** only lines of this request */
  request?: string | undefined;
  signal?: AbortSignal | undefined;
}

/**
 * Reads a deal's log at one of its workers, oldest line first.
 * @throws MillraceError `node-unreachable`, or the node's refusal (`owner-mismatch`, `deal-not-served`)
 */
export async function readDealLog(
  chain: Chain,
  { deal, endpoint, after, limit, request, signal }: ReadDealLogParameters,
): Promise<DealLogEntry[]> {
  const query = new URLSearchParams();
  if (after !== undefined) query.set("after", String(after));
  if (limit !== undefined) query.set("limit", String(limit));
  if (request !== undefined) query.set("request", request);
  const target = query.size === 0 ? "logs" : `logs?${query.toString()}`;
  const page = await ownerRequest({
    ...{ chain, deal, endpoint, target, signal, method: "GET" },
    answer: dealLogPageSchema,
  });
  return page.items;
}
