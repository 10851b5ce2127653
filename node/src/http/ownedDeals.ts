import type { Assignment } from "../chain/assignments.ts";
import { HttpError } from "./errors.ts";

/** The deals whose owner may ask this node something, whether they are served at the moment or not. */
export interface OwnedDeals {
  /** undefined if this node has nothing to do with the deal, or has not reached its chain */
  assignmentOf: (deal: bigint) => Pick<Assignment, "deal" | "owner"> | undefined;
}

/** @throws HttpError 404 `deal-not-served` */
export function requireOwned({ assignmentOf }: OwnedDeals, deal: bigint): Pick<Assignment, "deal" | "owner"> {
  const assignment = assignmentOf(deal);
  if (assignment !== undefined) return assignment;
  throw new HttpError({
    status: 404,
    code: "deal-not-served",
    message: `This node has no worker in deal ${deal.toString()}, as far as it knows its chain.`,
    nextStep: `See who has: millrace deal show ${deal.toString()}`,
  });
}
