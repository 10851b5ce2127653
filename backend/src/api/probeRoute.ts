import { TypeBoxValidatorCompiler } from "@fastify/type-provider-typebox";
import { probeBodySchema, probeSchema } from "@millrace/sdk";
import { nodeOfOperator, probeNode } from "./probeNode.ts";
import { errorResponses, type ApiParameters, type App } from "./types.ts";
import { askChain } from "./views.ts";

/** POST /v1/probes: tells a provider if its node is reached from elsewhere than its own machine. */
export function registerProbeRoute(app: App, parameters: ApiParameters): void {
  const { store, limits, allowPrivateNodes: allowPrivate } = parameters;
  app.post(
    "/v1/probes",
    {
      config: { rateLimit: { max: limits.probesPerMinute, timeWindow: "1 minute" } },
      validatorCompiler: TypeBoxValidatorCompiler,
      schema: {
        tags: ["service"],
        summary: "Try from here whether a node answers at an endpoint, and say which",
        body: probeBodySchema,
        response: { 200: probeSchema, ...errorResponses(400, 415, 429, 503) },
      },
    },
    ({ body: { endpoint } }) =>
      probeNode({
        ...{ endpoint, allowPrivate, deployment: store.deployment },
        nodeOf: (operator) => askChain(parameters, (chain) => nodeOfOperator(chain, operator)),
      }),
  );
}
