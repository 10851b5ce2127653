import { TypeBoxValidatorCompiler } from "@fastify/type-provider-typebox";
import {
  epochStart,
  itemSchema,
  MillraceError,
  networkSchema,
  parametersAbi,
  quoteBodySchema,
  quoteSchema,
  dealsAbi,
  termsFromJson,
  type QuoteBody,
} from "@millrace/sdk";
import { BaseError, encodeFunctionData, type ContractFunctionArgs } from "viem";
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
      const args = quoteArguments(terms, deposit);
      const quote = await askChain(parameters, ({ publicClient }) =>
        publicClient.readContract({
          address: store.deployment.contracts.deals,
          abi: dealsAbi,
          functionName: "quote",
          args,
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

/** @throws {@link MillraceError} `request-invalid` for what fits the schema but not the contract's types */
function quoteArguments(
  terms: QuoteBody["terms"],
  deposit: string,
): ContractFunctionArgs<typeof dealsAbi, "view", "quote"> {
  try {
    const args = [termsFromJson(terms), BigInt(deposit)] as const;
    encodeFunctionData({ abi: dealsAbi, functionName: "quote", args });
    return args;
  } catch (cause) {
    throw new MillraceError({
      code: "request-invalid",
      shortMessage: "The terms or the deposit hold a value that the contract can't take.",
      details: cause instanceof BaseError ? cause.shortMessage : undefined,
      nextStep: "Prices are below 2^80, a constraint's value below 2^64, ids of providers below 2^32.",
      cause,
    });
  }
}
