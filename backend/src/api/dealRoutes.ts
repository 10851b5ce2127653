import {
  dealSchema,
  dealsQuerySchema,
  itemSchema,
  listSchema,
  pageQuerySchema,
  workerSchema,
} from "@millrace/sdk";
import { Type } from "typebox";
import { getAddress } from "viem";
import { getDeal, listDeals, listWorkers, type DealDetails } from "../store/deals.ts";
import type { Item } from "../store/snapshot.ts";
import type { Store } from "../store/store.ts";
import { presentDeal } from "./presentDeal.ts";
import { readDealNow } from "./dealNow.ts";
import { unknown } from "./errors.ts";
import { idParams, pageOf, presentList } from "./lists.ts";
import { presentWorker } from "./present.ts";
import { errorResponses, type ApiParameters, type App } from "./types.ts";

const dealNowSchema = Type.Object({
  ...dealSchema.properties,
  stale: Type.Optional(
    Type.Boolean({ description: "True: the chain did not answer, so this is derived from the index alone" }),
  ),
});

/** Deals and their workers. */
export function registerDealRoutes(app: App, parameters: ApiParameters): void {
  const { store } = parameters;
  app.get(
    "/v1/deals",
    {
      schema: {
        tags: ["deals"],
        summary: "Deals by id",
        querystring: dealsQuerySchema,
        response: { 200: listSchema(dealSchema), ...errorResponses(400, 429) },
      },
    },
    async ({ query }) => {
      const owner = query.owner === undefined ? undefined : getAddress(query.owner.toLowerCase());
      const list = await listDeals(store, { ...pageOf(query), owner, status: query.status });
      return presentList(list, (details) => presentDeal(details, list.epoch));
    },
  );
  app.get(
    "/v1/deals/:id",
    {
      schema: {
        tags: ["deals"],
        summary: "One deal: terms, status, workers, and why it waits",
        params: idParams,
        response: { 200: itemSchema(dealNowSchema), ...errorResponses(400, 404, 429) },
      },
    },
    async ({ params: { id }, log }) => readDealNow({ ...parameters, log }, await knownDeal(store, id)),
  );
  registerWorkersRoute(app, parameters);
}

function registerWorkersRoute(app: App, { store }: Pick<ApiParameters, "store">): void {
  app.get(
    "/v1/deals/:id/workers",
    {
      schema: {
        tags: ["deals"],
        summary: "A deal's workers by node, released ones too",
        params: idParams,
        querystring: pageQuerySchema,
        response: { 200: listSchema(workerSchema), ...errorResponses(400, 404, 429) },
      },
    },
    async ({ params: { id }, query }) => {
      const { item } = await knownDeal(store, id);
      const list = await listWorkers(store, { ...pageOf(query), deal: id, released: true });
      return presentList(list, (worker) => presentWorker(worker, item.state, list.epoch));
    },
  );
}

async function knownDeal(store: Store, id: number): Promise<Item<DealDetails>> {
  const found = await getDeal(store, id);
  if (found === undefined) throw unknown("deal", id);
  return found;
}
