import type { IncomingMessage } from "node:http";
import { MillraceError } from "@millrace/sdk";
import { bodyIncomplete, bodySlow } from "./errors.ts";

/** Memory for bodies that are kept, shared by all calls. */
export interface BodyBudget {
  /** Takes bytes; false if they are not there. */
  take: (bytes: number) => boolean;
  giveBack: (bytes: number) => void;
}

/** A call's body. A small one is kept and can be sent any number of times, a large one goes through once. */
export interface CallBody {
  /** True if all of it is here. */
  isKept: boolean;
  /** False once a part of it went to a node that nobody has any more. */
  canBeSent: () => boolean;
  /** What to send: all of it, or a stream that is read when the connection is there. */
  open: () => Buffer | AsyncIterable<Buffer> | undefined;
  /** Gives its memory back. */
  release: () => void;
}

export interface BodyLimits {
  /** bytes of a body that are kept */
  keepBytes: number;
  /** longest pause between two parts of a body, in milliseconds */
  pauseMs: number;
}

/** Makes a budget of so many bytes. */
export function createBodyBudget(bytes: number): BodyBudget {
  let left = bytes;
  return {
    take(wanted) {
      if (wanted > left) return false;
      left -= wanted;
      return true;
    },
    giveBack: (returned) => void (left += returned),
  };
}

/**
 * Reads a request's body until it ends or is too large to keep.
 * @throws MillraceError `body-incomplete`, `body-slow`
 */
export async function receiveBody(
  request: IncomingMessage,
  { keepBytes, pauseMs }: BodyLimits,
  budget: BodyBudget,
): Promise<CallBody> {
  if (!hasBody(request)) return emptyBody;
  const chunks: Buffer[] = [];
  let taken = 0;
  const release = (): void => {
    budget.giveBack(taken);
    taken = 0;
  };
  const parts = patiently(request, pauseMs);
  try {
    for (;;) {
      const { done, value } = await parts.next();
      if (done === true) return keptBody(Buffer.concat(chunks), release);
      chunks.push(value);
      const keeps = budget.take(value.length);
      if (keeps) taken += value.length;
      if (!keeps || taken > keepBytes) return passingBody(chunks, parts, release);
    }
  } catch (error) {
    release();
    throw error;
  }
}

function hasBody({ headers }: IncomingMessage): boolean {
  const length = headers["content-length"];
  return headers["transfer-encoding"] !== undefined || (length !== undefined && length !== "0");
}

const emptyBody: CallBody = {
  isKept: true,
  canBeSent: () => true,
  open: () => undefined,
  release: () => undefined,
};

function keptBody(bytes: Buffer, release: () => void): CallBody {
  return { isKept: true, canBeSent: () => true, open: () => bytes, release };
}

/** The beginning that was read already, and then the rest as it arrives. */
function passingBody(
  begun: Buffer[],
  rest: AsyncGenerator<Buffer, undefined>,
  release: () => void,
): CallBody {
  let isUsed = false;
  async function* stream(): AsyncGenerator<Buffer> {
    isUsed = true;
    yield* begun;
    release();
    begun.length = 0;
    for (;;) {
      const { done, value } = await rest.next();
      if (done === true) return;
      yield value;
    }
  }
  return { isKept: false, canBeSent: () => !isUsed, open: stream, release };
}

async function* patiently(request: IncomingMessage, pauseMs: number): AsyncGenerator<Buffer, undefined> {
  const parts = request.iterator({ destroyOnReturn: false }) as AsyncIterator<Buffer, undefined>;
  for (;;) {
    const { promise: slow, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(() => reject(bodySlow()), pauseMs);
    try {
      const { done, value } = await Promise.race([parts.next(), slow]);
      if (done === true) return undefined;
      clearTimeout(timer);
      yield value;
    } catch (error) {
      throw error instanceof MillraceError ? error : bodyIncomplete();
    } finally {
      clearTimeout(timer);
    }
  }
}
