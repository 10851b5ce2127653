import {
  dealEventWords,
  epochAt,
  findPaymentToken,
  historySchema,
  listSchema,
  moduleEventWords,
  pageQuerySchema,
  termsFromJson,
  type Deployment,
  type EventContext,
  type EventWords,
  type HistoryItem,
  type Terms,
} from "@millrace/sdk";
import type { Hex } from "viem";
import { argsFromJson, type EventName } from "../chain/events.ts";
import { getDeal } from "../store/deals.ts";
import { historyId, listHistory, type Happening, type MissedEpochs } from "../store/history.ts";
import type { EventRow } from "../store/rows.ts";
import { presentTerms } from "../terms.ts";
import { unknown } from "./errors.ts";
import { idParams, pageOf, presentList } from "./lists.ts";
import { errorResponses, type ApiParameters, type App } from "./types.ts";

const words = { ...dealEventWords, ...moduleEventWords };

/** GET /v1/deals/:id/history: what happened and why, as sentences. */
export function registerHistoryRoute(app: App, { store }: Pick<ApiParameters, "store">): void {
  app.get(
    "/v1/deals/:id/history",
    {
      schema: {
        tags: ["deals"],
        summary: "What happened to a deal, oldest first, in words",
        params: idParams,
        querystring: pageQuerySchema,
        response: { 200: listSchema(historySchema), ...errorResponses(400, 404, 429) },
      },
    },
    async ({ params: { id }, query }) => {
      const [found, list] = await Promise.all([
        getDeal(store, id),
        listHistory(store, { ...pageOf(query), deal: id }),
      ]);
      if (found === undefined || list === undefined) throw unknown("deal", id);
      const terms = termsFromJson(presentTerms(found.item.row.terms));
      return presentList(list, (happening) => presentHappening(happening, terms, store.deployment));
    },
  );
}

function presentHappening(happening: Happening, terms: Terms, deployment: Deployment): HistoryItem {
  const { timestamp, event, missed } = happening;
  const { sentence, routine = false } =
    event === undefined ? missedWords(missed) : eventWords(event, happening, terms, deployment);
  return {
    id: historyId(happening),
    name: event?.name ?? "NodeAbsent",
    ...{ sentence, routine, timestamp },
    epoch: epochAt(deployment, timestamp),
    node: event?.node ?? missed?.node ?? null,
    provider: event?.provider ?? missed?.provider ?? null,
    blockNumber: event?.blockNumber ?? null,
    txHash: (event?.txHash as Hex | undefined) ?? null,
  };
}

function missedWords(missed: MissedEpochs | undefined): EventWords {
  if (missed === undefined) return { sentence: "" };
  const { node, fromEpoch, throughEpoch, isOver } = missed;
  const epochs =
    fromEpoch === throughEpoch
      ? `epoch ${fromEpoch}`
      : `${throughEpoch - fromEpoch + 1} epochs, ${fromEpoch} to ${throughEpoch}`;
  return {
    sentence: `Node ${node} was not online in ${epochs}${isOver ? "" : ", and is away still"}; it earns nothing for that.`,
  };
}

function eventWords(
  event: EventRow,
  { decidedThrough }: Happening,
  terms: Terms,
  deployment: Deployment,
): EventWords {
  const token = findPaymentToken(deployment, terms.paymentToken);
  const args = argsFromJson(event.name as EventName, event.args);
  // The name picks the entry and its arguments together; TypeScript can't follow that through a union.
  const describe = words[event.name as keyof typeof words] as (
    args: unknown,
    context: EventContext,
  ) => EventWords;
  return describe(args, { token, terms, decidedThrough });
}
