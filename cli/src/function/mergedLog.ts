import { type Chain, type DealLogEntry, MillraceError, readDealLog, readWorkers } from "@millrace/sdk";

/** How often the workers are read from the chain while lines are followed. */
const workersFreshMs = 10_000;
const mostLines = 1_000;

/** A line of a deal's log, and the node it comes from. */
export interface LogLine extends DealLogEntry {
  node: number;
}

/** What changed with a worker: it cannot be read, or it can again. */
export interface LogTrouble {
  node: number;
  error: MillraceError | undefined;
}

export interface MergedLogParameters {
  chain: Chain;
  deal: bigint;
  /** only this node's lines */
  node: number | undefined;
  /** only this request's lines */
  request: string | undefined;
  signal: AbortSignal;
  /** told once when a worker cannot be read, and once when it can be again */
  onTrouble: (trouble: LogTrouble) => void;
}

/** The log of a deal, merged from all its workers. */
export interface MergedLog {
  /** The newest lines of all workers together, by time. */
  newest(lines: number): Promise<LogLine[]>;
  /** What came since the last look, by time. */
  next(): Promise<LogLine[]>;
}

/** Makes the merged log of a deal. */
export function createMergedLog(parameters: MergedLogParameters): MergedLog {
  const { chain, deal, node: only, request, signal, onTrouble } = parameters;
  const last = new Map<number, number>();
  const troubled = new Set<number>();
  let workers: { node: number; endpoint: string }[] = [];
  let readAtMs = -Infinity;

  async function presentWorkers() {
    if (performance.now() - readAtMs < workersFreshMs) return workers;
    const found = await readWorkers(chain, deal).catch((error: unknown) => {
      if (workers.length === 0) throw error;
      return workers; // The nodes can be asked while the chain cannot.
    });
    workers = found.filter(({ node }) => only === undefined || node === only);
    if (workers.length === 0 && readAtMs === -Infinity) throw nobody(deal, only);
    readAtMs = performance.now();
    return workers;
  }

  async function readOne(
    { node, endpoint }: { node: number; endpoint: string },
    newest: number | undefined,
  ): Promise<LogLine[]> {
    const after = newest === undefined ? (last.get(node) ?? 0) : undefined;
    try {
      const limit = newest ?? mostLines;
      const entries = await readDealLog(chain, { deal, endpoint, after, limit, request, signal });
      last.set(node, Math.max(last.get(node) ?? 0, ...entries.map(({ seq }) => seq)));
      if (troubled.delete(node)) onTrouble({ node, error: undefined });
      return entries.map((entry) => ({ node, ...entry }));
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof MillraceError)) throw error;
      if (!troubled.has(node)) onTrouble({ node, error });
      troubled.add(node);
      return [];
    }
  }

  async function readAll(newest: number | undefined): Promise<LogLine[]> {
    const present = await presentWorkers();
    const lists = await Promise.all(present.map((worker) => readOne(worker, newest)));
    return lists.flat().sort((a, b) => compare(a.time, b.time) || a.node - b.node || a.seq - b.seq);
  }

  return {
    newest: async (lines) => (await readAll(Math.min(lines, mostLines))).slice(-lines),
    next: () => readAll(undefined),
  };
}

function nobody(deal: bigint, only: number | undefined): MillraceError {
  return new MillraceError({
    code: "no-workers",
    shortMessage:
      only === undefined
        ? `Deal ${deal.toString()} has no workers, so nobody has a log of it.`
        : `Node ${only} is no worker of deal ${deal.toString()}.`,
    nextStep: `See its workers: millrace deal show ${deal.toString()}`,
  });
}

/** Times of one form sort as text. */
function compare(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
