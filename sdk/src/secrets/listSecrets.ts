import { type ActiveWorker, readWorkers } from "../chain/readWorkers.ts";
import type { Chain } from "../chain/chain.ts";
import { requireAccount } from "../chain/requireAccount.ts";
import { ownerRequest } from "../calls/ownerRequest.ts";
import { MillraceError } from "../errors/MillraceError.ts";
import { isRemoved, secretEntriesSchema, type SecretEntry } from "./item.ts";
import { verifySecret } from "./verifySecret.ts";

/** A secret of a deal, without its value. */
export interface ListedSecret {
  name: string;
  /** unix milliseconds; the newest that any worker has */
  version: number;
  removed: boolean;
  /** workers that have this version */
  nodes: number[];
}

/** What one worker said; `error` if it said nothing. */
export interface SecretWorker {
  node: number;
  error: MillraceError | undefined;
}

export interface SecretList {
  secrets: ListedSecret[];
  workers: SecretWorker[];
}

/**
 * Lists a deal's secrets from all its workers: names and versions, each with the workers that have it. Only what the
 * owner signed counts, so that no worker can invent one.
 * @throws MillraceError `no-workers`, `no-account`, `deals-unknown`, `rpc-unreachable`
 */
export async function listSecrets(chain: Chain, deal: bigint): Promise<SecretList> {
  const answers = await askWorkers(chain, deal, await requireWorkers(chain, deal));
  const newest = new Map<string, ListedSecret>();
  for (const { node, entries } of answers) {
    for (const entry of entries) {
      const { name, version } = entry;
      const known = newest.get(name);
      if (known?.version === version) known.nodes.push(node);
      else if (known === undefined || known.version < version)
        newest.set(name, { name, version, removed: isRemoved(entry), nodes: [node] });
    }
  }
  return {
    secrets: [...newest.values()].sort((a, b) => (a.name < b.name ? -1 : 1)),
    workers: answers.map(({ node, error }) => ({ node, error })),
  };
}

/** The workers of a deal. @throws MillraceError `no-workers` if there are none yet */
export async function requireWorkers(chain: Chain, deal: bigint): Promise<ActiveWorker[]> {
  const workers = await readWorkers(chain, deal);
  if (workers.length > 0) return workers;
  throw new MillraceError({
    code: "no-workers",
    shortMessage: `Deal ${deal.toString()} has no workers, so nobody keeps secrets for it.`,
    nextStep: `Wait until it is matched: millrace deal show ${deal.toString()}`,
  });
}

/** What a worker has, as far as the owner signed it. */
export interface WorkerSecrets extends SecretWorker {
  entries: SecretEntry[];
}

/** Asks workers at the same time which secrets they have. @throws MillraceError `no-account` */
export async function askWorkers(
  chain: Chain,
  deal: bigint,
  workers: readonly ActiveWorker[],
): Promise<WorkerSecrets[]> {
  const { address: owner } = requireAccount(chain);
  return Promise.all(
    workers.map(async ({ node, endpoint }) => {
      try {
        const { items } = await ownerRequest({
          ...{ chain, deal, endpoint, answer: secretEntriesSchema },
          ...{ method: "GET", target: "secrets" },
        });
        await Promise.all(
          items.map((entry) => verifySecret({ deployment: chain.deployment, deal, owner, entry })),
        );
        return { node, entries: items, error: undefined };
      } catch (error) {
        if (error instanceof MillraceError) return { node, entries: [], error };
        throw error;
      }
    }),
  );
}
