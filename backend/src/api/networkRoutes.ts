import { TypeBoxValidatorCompiler } from "@fastify/type-provider-typebox";
import {
  epochStart,
  itemSchema,
  networkSchema,
  parametersAbi,
  quoteBodySchema,
  quoteSchema,
  dealsAbi,
  termsFromJson,
} from "@millrace/sdk";
import { readHeads } from "../store/heads.ts";
import { errorResponses, type ApiParameters, type App } from "./types.ts";
import { askChain } from "./views.ts";

/** The deployment with its parameters, and quotes: what only the contracts know. */
export function registerNetworkRoutes(app: App, parameters: ApiParameters): void {
  registerNetworkRoute(app, parameters);
  registerQuoteRoute(app, parameters);
}

function registerNetworkRoute(app: App, parameters: ApiParameters): void {
  const { store } = parameters;
  app.get(
    "/v1/network",
    {
      schema: {
        tags: ["network"],
        summary: "Contracts, protocol parameters and the present epoch",
        response: { 200: itemSchema(networkSchema), ...errorResponses(429, 503) },
      },
    },
    async () => {
      const { deployment } = store;
      const values = await askChain(parameters, ({ publicClient }) =>
        publicClient.readContract({
          address: deployment.contracts.parameters,
          abi: parametersAbi,
          functionName: "values",
        }),
      );
      const { asOfBlock, finalizedBlock, epoch } = await readHeads(store.prisma, deployment);
      const item = {
        deployment,
        parameters: { ...values, stakePerUnit: values.stakePerUnit.toString() },
        epoch,
        epochEndsAt: epochStart(deployment, epoch + 1),
      };
      return { asOfBlock, finalizedBlock, item };
    },
  );
}

function registerQuoteRoute(app: App, parameters: ApiParameters): void {
  const { store } = parameters;
  app.post(
    "/v1/quote",
    {
      // Unlike the text of a URL, a JSON body has to have the right types.
      validatorCompiler: TypeBoxValidatorCompiler,
      schema: {
        tags: ["network"],
        summary: "What creating a deal with these terms charges and how long a deposit lasts",
        body: quoteBodySchema,
        response: { 200: itemSchema(quoteSchema), ...errorResponses(400, 415, 422, 429, 503) },
      },
    },
    async ({ body: { terms, deposit } }) => {
      const quote = await askChain(parameters, ({ publicClient }) =>
        publicClient.readContract({
          address: store.deployment.contracts.deals,
          abi: dealsAbi,
          functionName: "quote",
          args: [termsFromJson(terms), BigInt(deposit)],
        }),
      );
      const { asOfBlock, finalizedBlock } = await readHeads(store.prisma, store.deployment);
      const item = {
        minimumDeposit: quote.minimumDeposit.toString(),
        maximumRatePerEpoch: quote.maximumRatePerEpoch.toString(),
        fundedEpochs: quote.fundedEpochs.toString(),
        fundedThroughEpoch: quote.fundedThroughEpoch.toString(),
      };
      return { asOfBlock, finalizedBlock, item };
    },
  );
}
