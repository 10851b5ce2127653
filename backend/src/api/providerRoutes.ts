import {
  attestationSchema,
  attestationsQuerySchema,
  itemSchema,
  listSchema,
  nodeSchema,
  nodesQuerySchema,
  offerSchema,
  offersQuerySchema,
  pageQuerySchema,
  providerSchema,
} from "@millrace/sdk";
import { getAddress } from "viem";
import { listAttestations } from "../store/attestations.ts";
import { getNode, listNodes, listOffers } from "../store/nodes.ts";
import { getProvider, listProviders } from "../store/providers.ts";
import { unknown } from "./errors.ts";
import { idParams, isSmallId, pageOf, presentItem, presentList, smallId } from "./lists.ts";
import { presentAttestation, presentNode, presentOffer, presentProvider } from "./present.ts";
import { errorResponses, type ApiParameters, type App } from "./types.ts";

/** Providers, their nodes and offers. */
export function registerProviderRoutes(app: App, { store }: Pick<ApiParameters, "store">): void {
  app.get(
    "/v1/providers",
    {
      schema: {
        tags: ["providers"],
        summary: "Providers by id",
        querystring: pageQuerySchema,
        response: { 200: listSchema(providerSchema), ...errorResponses(400, 429) },
      },
    },
    async ({ query }) => presentList(await listProviders(store, pageOf(query)), presentProvider),
  );
  app.get(
    "/v1/providers/:id",
    {
      schema: {
        tags: ["providers"],
        summary: "One provider with its stake",
        params: idParams,
        response: { 200: itemSchema(providerSchema), ...errorResponses(400, 404, 429) },
      },
    },
    async ({ params: { id } }) => {
      const found = isSmallId(id) ? await getProvider(store, id) : undefined;
      if (found === undefined) throw unknown("provider", id);
      return presentItem(found, presentProvider);
    },
  );
  registerNodeRoutes(app, { store });
  registerAttestationRoutes(app, { store });
}

function registerAttestationRoutes(app: App, { store }: Pick<ApiParameters, "store">): void {
  app.get(
    "/v1/attestations",
    {
      schema: {
        tags: ["providers"],
        summary: "What others attest of nodes, by node, attribute and attester",
        querystring: attestationsQuerySchema,
        response: { 200: listSchema(attestationSchema), ...errorResponses(400, 429) },
      },
    },
    async ({ query }) => {
      const attester = query.attester === undefined ? undefined : getAddress(query.attester.toLowerCase());
      const list = await listAttestations(store, { ...pageOf(query), attester, node: smallId(query.node) });
      return presentList(list, presentAttestation);
    },
  );
}

function registerNodeRoutes(app: App, { store }: Pick<ApiParameters, "store">): void {
  app.get(
    "/v1/nodes",
    {
      schema: {
        tags: ["providers"],
        summary: "Nodes by id",
        querystring: nodesQuerySchema,
        response: { 200: listSchema(nodeSchema), ...errorResponses(400, 429) },
      },
    },
    async ({ query }) =>
      presentList(
        await listNodes(store, { ...pageOf(query), provider: smallId(query.provider) }),
        presentNode,
      ),
  );
  app.get(
    "/v1/nodes/:id",
    {
      schema: {
        tags: ["providers"],
        summary: "One node with its operator key and last attendance",
        params: idParams,
        response: { 200: itemSchema(nodeSchema), ...errorResponses(400, 404, 429) },
      },
    },
    async ({ params: { id } }) => {
      const found = isSmallId(id) ? await getNode(store, id) : undefined;
      if (found === undefined) throw unknown("node", id);
      return presentItem(found, presentNode);
    },
  );
  app.get(
    "/v1/offers",
    {
      schema: {
        tags: ["providers"],
        summary: "Offers by node and token",
        querystring: offersQuerySchema,
        response: { 200: listSchema(offerSchema), ...errorResponses(400, 429) },
      },
    },
    async ({ query }) => {
      const token = query.token === undefined ? undefined : getAddress(query.token.toLowerCase());
      const list = await listOffers(store, { ...pageOf(query), token, node: smallId(query.node) });
      return presentList(list, presentOffer);
    },
  );
}
