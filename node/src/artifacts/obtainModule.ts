import { MillraceError } from "@millrace/sdk";
import pRetry from "p-retry";
import { fetchModule } from "./fetchModule.ts";
import type { ModuleStore } from "./moduleStore.ts";

export interface ObtainParameters {
  cid: string;
  store: ModuleStore;
  maxBytes: number;
  /** base URLs to try, asked anew at each round since other nodes come and go */
  sources: () => Promise<readonly string[]>;
  /** ends the attempts */
  signal: AbortSignal;
  /** told after each round in which no source had it */
  onFailure: (reason: string) => void;
  /** told if the store could not be read, as with too many open files, or not written, as on a full disk */
  onStoreFailure: (error: unknown) => void;
}

/**
 * Gets a module from the store or else from the first source that has it, trying all of them in rounds until one does.
 *
 * @returns verified bytes; a store that cannot be read or takes no more keeps nobody from using them
 * @throws MillraceError `module-too-large`; the signal's reason when it is aborted
 */
export async function obtainModule({
  store,
  cid,
  signal,
  onFailure,
  onStoreFailure,
  ...rest
}: ObtainParameters): Promise<Uint8Array> {
  const stored = await store.read(cid).catch((error: unknown) => {
    onStoreFailure(error);
    return undefined;
  });
  if (stored !== undefined) return stored;
  const bytes = await pRetry(() => fetchFromAny({ ...rest, cid, signal }), {
    retries: Infinity,
    minTimeout: 500,
    maxTimeout: 30_000,
    randomize: true,
    signal,
    shouldRetry: ({ error }) => !(error instanceof MillraceError) || error.retryable,
    onFailedAttempt: ({ error }) => onFailure(error.message),
  });
  await store.write(cid, bytes).catch(onStoreFailure);
  return bytes;
}

async function fetchFromAny({
  sources,
  cid,
  maxBytes,
  signal,
}: Pick<ObtainParameters, "sources" | "cid" | "maxBytes" | "signal">): Promise<Uint8Array> {
  const failures: MillraceError[] = [];
  for (const source of await sources()) {
    signal.throwIfAborted();
    try {
      return await fetchModule(source, cid, { maxBytes, signal });
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof MillraceError)) throw error;
      failures.push(error);
    }
  }
  const reasons = failures.map(({ message }) => message).join(" ");
  // A size is no proof: only where every source says so is it the module's own.
  const tooLarge = failures.length > 0 && failures.every(({ code }) => code === "module-too-large");
  throw new MillraceError({
    code: tooLarge ? "module-too-large" : "module-unavailable",
    shortMessage: reasons === "" ? `No source of ${cid} is known.` : `No source gave ${cid}.`,
    details: reasons === "" ? "Set blobSources in node.json." : reasons,
    retryable: !tooLarge,
  });
}
