import type { Api } from "../api/createApi.ts";
import type { Chain } from "../chain/chain.ts";
import { readWorkers } from "../chain/readWorkers.ts";

/** Where a deal can be called. */
export interface CallTarget {
  node: number;
  /** base URL without a slash at its end */
  endpoint: string;
}

export interface WorkerBook {
  /** The deal's workers, the one that last answered fastest first. From memory while it is fresh. */
  targets(deal: bigint, signal: AbortSignal): Promise<CallTarget[]>;
  /** The same, from the chain now. */
  refresh(deal: bigint): Promise<CallTarget[]>;
  /** Remembers how a worker did; undefined means that it failed. */
  note(node: number, durationMs: number | undefined): void;
}

export interface CreateWorkerBookParameters {
  chain: Chain;
  api?: Api | undefined;
  /** how long workers are remembered, in milliseconds */
  freshMs: number;
}

const apiPatienceMs = 2000;

/** Remembers each deal's workers, and how fast they answer. Asks the API first, and the chain if that fails. */
export function createWorkerBook({ chain, api, freshMs }: CreateWorkerBookParameters): WorkerBook {
  const known = new Map<bigint, { targets: CallTarget[]; readAt: number }>();
  const durations = new Map<number, number>();

  /** Known durations ascending, then the untried in a random order, then those that failed last. */
  function order(targets: readonly CallTarget[]): CallTarget[] {
    const ranked = targets.map((target) => {
      const durationMs = durations.get(target.node);
      return { target, rank: durationMs ?? 1e9 + Math.random() };
    });
    return ranked.sort((a, b) => a.rank - b.rank).map(({ target }) => target);
  }

  function remember(deal: bigint, targets: CallTarget[]): CallTarget[] {
    // A deal without workers yet may have some in a moment.
    if (targets.length > 0) known.set(deal, { targets, readAt: Date.now() });
    else known.delete(deal);
    return order(targets);
  }

  return {
    async targets(deal, signal) {
      const entry = known.get(deal);
      if (entry !== undefined && Date.now() - entry.readAt < freshMs) return order(entry.targets);
      const fromApi = api === undefined ? [] : await askApi(api, deal, signal);
      return remember(deal, fromApi.length > 0 ? fromApi : await askChain(chain, deal));
    },
    async refresh(deal) {
      return remember(deal, await askChain(chain, deal));
    },
    note(node, durationMs) {
      durations.set(node, durationMs ?? Number.POSITIVE_INFINITY);
    },
  };
}

async function askChain(chain: Chain, deal: bigint): Promise<CallTarget[]> {
  const workers = await readWorkers(chain, deal);
  return workers.flatMap(({ node, endpoint }) => toTarget(node, endpoint));
}

async function askApi(api: Api, deal: bigint, signal: AbortSignal): Promise<CallTarget[]> {
  try {
    const timeout = AbortSignal.any([signal, AbortSignal.timeout(apiPatienceMs)]);
    const { items } = await api.workers(deal, {}, { signal: timeout });
    return items
      .filter(({ state }) => state === "active")
      .flatMap(({ node, endpoint }) => toTarget(node, endpoint));
  } catch {
    signal.throwIfAborted();
    return []; // The control plane is a convenience: the chain knows the same.
  }
}

function toTarget(node: number, endpoint: string): CallTarget[] {
  if (!URL.canParse(endpoint) || !/^https?:$/.test(new URL(endpoint).protocol)) return [];
  return [{ node, endpoint: endpoint.replace(/\/+$/, "") }];
}
