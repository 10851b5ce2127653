import {
  eventSchema,
  eventsQuerySchema,
  listSchema,
  paymentSchema,
  paymentsQuerySchema,
} from "@millrace/sdk";
import { listEvents, listPayments } from "../store/log.ts";
import { pageOf, presentList, smallId } from "./lists.ts";
import { presentEvent, presentPayment } from "./present.ts";
import { errorResponses, type ApiParameters, type App } from "./types.ts";

/** What happened: payments and the contracts' events, in the order of the chain. */
export function registerLogRoutes(app: App, { store }: Pick<ApiParameters, "store">): void {
  app.get(
    "/v1/payments",
    {
      schema: {
        tags: ["log"],
        summary: "Movements of payment tokens",
        querystring: paymentsQuerySchema,
        response: { 200: listSchema(paymentSchema), ...errorResponses(400, 429) },
      },
    },
    async ({ query }) => {
      const { deal, provider } = query;
      const list = await listPayments(store, { ...pageOf(query), deal, provider: smallId(provider) });
      return presentList(list, presentPayment);
    },
  );
  app.get(
    "/v1/events",
    {
      schema: {
        tags: ["log"],
        summary: "The contracts' events after the one with the id `after`",
        description:
          "Ask again with the last id that you have; blocks above finalizedBlock may still be replaced.",
        querystring: eventsQuerySchema,
        response: { 200: listSchema(eventSchema), ...errorResponses(400, 429) },
      },
    },
    async ({ query: { limit, after, deal, node } }) => {
      const page = pageOf({
        ...(limit === undefined ? {} : { limit }),
        ...(after === undefined ? {} : { cursor: after }),
      });
      const list = await listEvents(store, { ...page, deal, node: smallId(node) });
      return presentList(list, presentEvent);
    },
  );
}
