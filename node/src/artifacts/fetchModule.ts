import { MillraceError, verifyBlob } from "@millrace/sdk";

const headersTimeoutMs = 10_000;
const bodyTimeoutMs = 60_000;

export interface FetchLimits {
  /** largest module accepted */
  maxBytes: number;
  /** aborts the transfer */
  signal?: AbortSignal | undefined;
}

/**
 * Downloads a module from one source and verifies that it is what its CID names.
 *
 * @param source base URL of a backend or a node
 * @throws MillraceError `source-failed` (unreachable, an error status, cut off), `module-too-large` or `blob-mismatch`
 */
export async function fetchModule(
  source: string,
  cid: string,
  { maxBytes, signal }: FetchLimits,
): Promise<Uint8Array> {
  const url = `${source.replace(/\/+$/, "")}/v1/blobs/${cid}`;
  const timeout = new AbortController();
  const giveUp = () => timeout.abort(new Error("no answer in time"));
  let timer = setTimeout(giveUp, headersTimeoutMs);
  const all = signal === undefined ? timeout.signal : AbortSignal.any([signal, timeout.signal]);
  try {
    // No redirects: a node's endpoint is a claim of its owner and must not lead elsewhere.
    const response = await fetch(url, { signal: all, redirect: "error" });
    clearTimeout(timer);
    timer = setTimeout(giveUp, bodyTimeoutMs);
    const bytes = await readBody(response, maxBytes, url);
    await verifyBlob(cid, bytes);
    return bytes;
  } catch (cause) {
    if (cause instanceof MillraceError) throw cause;
    throw sourceFailed(url, describe(cause), cause);
  } finally {
    clearTimeout(timer);
    timeout.abort();
  }
}

async function readBody(response: Response, maxBytes: number, url: string): Promise<Uint8Array> {
  if (response.status !== 200) throw sourceFailed(url, `it answered ${response.status}`);
  if (Number(response.headers.get("content-length") ?? 0) > maxBytes) throw tooLarge(url, maxBytes);
  const chunks: Uint8Array[] = [];
  let received = 0;
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    received += chunk.length;
    if (received > maxBytes) throw tooLarge(url, maxBytes);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function tooLarge(url: string, maxBytes: number): MillraceError {
  return new MillraceError({
    code: "module-too-large",
    shortMessage: `${url} is larger than the ${maxBytes} bytes this node accepts.`,
    nextStep: "Raise moduleMaxMiB in node.json to serve it.",
  });
}

function sourceFailed(url: string, reason: string, cause?: unknown): MillraceError {
  return new MillraceError({
    code: "source-failed",
    shortMessage: `${url}: ${reason}.`,
    retryable: true,
    cause,
  });
}

/** fetch hides the reason (ECONNREFUSED, a cut-off body) in the cause. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  return cause instanceof Error && cause.message !== ""
    ? `${error.message} (${cause.message})`
    : error.message;
}
