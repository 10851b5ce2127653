import { errorBodySchema, healthSchema, MillraceError } from "@millrace/sdk";
import { Type } from "typebox";
import type { PartState } from "../part.ts";
import { readHeads, type Heads } from "../store/heads.ts";
import { errorBody } from "./errors.ts";
import type { ApiParameters, App } from "./types.ts";
import { withoutSecrets } from "../withoutSecrets.ts";
import { askChain } from "./views.ts";

const partSchema = Type.Object({
  ok: Type.Boolean(),
  reason: Type.Optional(Type.String()),
  leader: Type.Optional(
    Type.Boolean({ description: "Whether this process does the role's work or stands by" }),
  ),
});

const reportSchema = Type.Object({
  ...healthSchema.properties,
  parts: Type.Record(Type.String(), partSchema, {
    description: "chain, database, index, and the roles of this process",
  }),
  error: Type.Optional(errorBodySchema.properties.error),
});

/** GET /v1/health: 200 if every part works, else 503 with the reasons; the same body and, in addition, an error. */
export function registerHealthRoute(app: App, parameters: ApiParameters): void {
  const startedAt = Math.floor(Date.now() / 1000);
  let lastHead = 0;
  app.get(
    "/v1/health",
    {
      config: { rateLimit: false },
      schema: {
        tags: ["service"],
        summary: "Whether this backend works, part by part",
        response: { 200: reportSchema, 503: reportSchema },
      },
    },
    async (request, reply) => {
      const [head, heads] = await Promise.allSettled([
        askChain(parameters, ({ publicClient }) => publicClient.getBlockNumber()),
        readHeads(parameters.store.prisma, parameters.store.deployment),
      ]);
      if (head.status === "fulfilled") lastHead = Number(head.value);
      const indexed = heads.status === "fulfilled" ? heads.value : undefined;
      const parts = { chain: stateOf(head), database: stateOf(heads), ...ownParts(parameters) };
      const index = indexState(indexed, lastHead, parameters.limits.maxLagBlocks);
      return answer({ ...parts, index }, indexed);

      function answer(all: Record<string, PartState>, at: Heads | undefined) {
        const failing = Object.entries(all).filter(([, part]) => !part.ok);
        const asOfBlock = at?.asOfBlock ?? 0;
        const body = {
          status: failing.length === 0 ? ("ok" as const) : ("degraded" as const),
          chainId: parameters.store.deployment.chainId,
          headBlock: Math.max(lastHead, asOfBlock),
          asOfBlock,
          finalizedBlock: at?.finalizedBlock ?? 0,
          lagBlocks: Math.max(0, lastHead - asOfBlock),
          roles: [...parameters.roles],
          startedAt,
          parts: all,
        };
        if (failing.length === 0) return reply.send(body);
        return reply.status(503).send({ ...body, ...errorBody(unhealthy(failing), request.id) });
      }
    },
  );
}

function ownParts({ parts }: ApiParameters): Record<string, PartState> {
  return Object.fromEntries([...parts].map(([name, state]) => [name, forStrangers(state())]));
}

function stateOf(result: PromiseSettledResult<unknown>): PartState {
  if (result.status === "fulfilled") return { ok: true };
  const reason: unknown = result.reason;
  return forStrangers({ ok: false, reason: reason instanceof Error ? reason.message : String(reason) });
}

function forStrangers(state: PartState): PartState {
  return state.reason === undefined ? state : { ...state, reason: withoutSecrets(state.reason) };
}

function indexState(heads: Heads | undefined, head: number, maxLagBlocks: number): PartState {
  if (heads === undefined) return { ok: false, reason: "The database can't be read." };
  if (heads.asOfBlock === 0) return { ok: false, reason: "Nothing is indexed yet." };
  const lag = head - heads.asOfBlock;
  if (lag <= maxLagBlocks) return { ok: true };
  return {
    ok: false,
    reason: `The index is ${lag} blocks behind the chain (at ${heads.asOfBlock} of ${head}).`,
  };
}

function unhealthy(failing: readonly (readonly [string, PartState])[]): MillraceError {
  return new MillraceError({
    code: "unhealthy",
    shortMessage: failing.map(([name, part]) => `${name}: ${part.reason ?? "not ok"}`).join(" "),
    retryable: true,
  });
}
