import type { IncomingMessage } from "node:http";
import type { BodyBudget } from "./bodyBudget.ts";
import { HttpError } from "./errors.ts";

/** After an early answer the rest of the body is thrown away for this long, so that the caller can read the answer. */
const lingerMs = 5_000;
/** So many pieces are joined into one: a piece of a single byte takes a hundred times as much, which no budget counts. */
const joinedPieces = 1_024;

export interface Body {
  bytes: Uint8Array;
  /** gives the memory back to the budget; to be called once */
  release: () => void;
}

/**
 * Reads a request's body, never holding more than the limit.
 *
 * @param limitBytes largest body the function takes
 * @throws HttpError 413 `body-too-large`, 429 `node-busy` without memory for it, 400 `body-incomplete`
 */
export async function readBody(
  request: IncomingMessage,
  limitBytes: number,
  budget: BodyBudget,
): Promise<Body> {
  let taken = 0;
  const release = () => {
    budget.giveBack(taken);
    taken = 0;
  };
  try {
    if (Number(request.headers["content-length"] ?? 0) > limitBytes) throw bodyTooLarge(limitBytes);
    const joined: Buffer[] = [];
    let pieces: Buffer[] = [];
    for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      if (taken + chunk.length > limitBytes) throw bodyTooLarge(limitBytes);
      if (!budget.take(chunk.length)) throw busy();
      taken += chunk.length;
      pieces.push(chunk);
      if (pieces.length < joinedPieces) continue;
      joined.push(Buffer.concat(pieces));
      pieces = [];
    }
    return { bytes: Buffer.concat([...joined, ...pieces]), release };
  } catch (error) {
    release();
    if (!(error instanceof HttpError)) throw incomplete();
    discard(request);
    throw error;
  }
}

function discard(request: IncomingMessage): void {
  request.resume();
  const timer = setTimeout(() => request.socket.destroy(), lingerMs);
  request.once("end", () => clearTimeout(timer));
  request.once("close", () => clearTimeout(timer));
}

/** The answer to a body beyond what a function takes. */
export function bodyTooLarge(limitBytes: number): HttpError {
  return new HttpError({
    status: 413,
    code: "body-too-large",
    message: `The body is larger than the ${limitBytes} bytes this function takes.`,
    nextStep: "Send less, or raise limits.inputMiB in millrace.json (16 MiB at most) and deploy again.",
  });
}

function busy(): HttpError {
  return new HttpError({
    status: 429,
    code: "node-busy",
    message: "The node has no memory left for another request body.",
    nextStep: "Try again in a second or call another worker of the deal.",
    retryAfterSeconds: 1,
  });
}

function incomplete(): HttpError {
  return new HttpError({
    status: 400,
    code: "body-incomplete",
    message: "The request ended before its body was complete.",
    nextStep: "Send it again.",
  });
}
