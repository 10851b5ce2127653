import { Type, type Static } from "typebox";
import Value from "typebox/value";
import { MillraceError } from "../errors/MillraceError.ts";

const requestTimeoutMs = 3_000;

const moduleSchema = Type.Object({
  version: Type.Integer(),
  cid: Type.String(),
  fromEpoch: Type.Integer(),
  state: Type.String(),
  reason: Type.Optional(Type.String()),
  use: Type.Optional(Type.Object({ calls: Type.Integer(), fuel: Type.String({ pattern: "^\\d{1,40}$" }) })),
});

/** What `GET /v1/status` of a node says, as far as others need it. */
const nodeStatusSchema = Type.Object({
  nodeId: Type.Integer(),
  operator: Type.String(),
  epoch: Type.Optional(Type.Integer()),
  attendedEpoch: Type.Optional(Type.Integer()),
  attendanceProblem: Type.Optional(Type.String()),
  draining: Type.Boolean(),
  deals: Type.Array(
    Type.Object({
      deal: Type.String(),
      state: Type.String(),
      reason: Type.Optional(Type.String()),
      cid: Type.String(),
      modules: Type.Optional(
        Type.Object({
          present: moduleSchema,
          next: Type.Optional(moduleSchema),
        }),
      ),
    }),
  ),
  problems: Type.Optional(
    Type.Array(
      Type.Object({
        level: Type.String(),
        text: Type.String(),
        nextStep: Type.Optional(Type.String()),
      }),
    ),
  ),
});

/** What a node says of itself. */
export type NodeStatus = Static<typeof nodeStatusSchema>;

/**
 * Asks a node how it is.
 * @param endpoint base URL of its HTTP API
 * @throws MillraceError `node-unreachable` or `node-answer-invalid`
 */
export async function readNodeStatus(endpoint: string): Promise<NodeStatus> {
  const url = `${endpoint.replace(/\/+$/, "")}/v1/status`;
  let content: unknown;
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(requestTimeoutMs) });
    content = await response.json();
  } catch (cause) {
    throw new MillraceError({
      code: "node-unreachable",
      shortMessage: `The node at ${endpoint} does not answer.`,
      details: describeCause(cause),
      nextStep: "Its provider can see why in the daemon's log; callers are served by the other workers.",
      retryable: true,
      cause,
    });
  }
  if (Value.Check(nodeStatusSchema, content)) return content;
  throw new MillraceError({
    code: "node-answer-invalid",
    shortMessage: `What answers at ${endpoint} is not a Millrace node.`,
    nextStep: "Check the address; a node answers GET /v1/status.",
  });
}

/** The innermost message: fetch hides the reason in its cause. */
function describeCause(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if (error.name === "TimeoutError") return `No answer within ${requestTimeoutMs / 1000} s.`;
  return error.cause instanceof Error && error.cause.message !== "" ? error.cause.message : error.message;
}
