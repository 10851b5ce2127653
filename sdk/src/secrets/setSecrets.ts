import { isAddressEqual, type Hex } from "viem";
import { ownerRequest } from "../calls/ownerRequest.ts";
import type { Chain } from "../chain/chain.ts";
import { readDealCreation } from "../chain/readTerms.ts";
import { type ActiveWorker, readWorkers } from "../chain/readWorkers.ts";
import { requireAccount } from "../chain/requireAccount.ts";
import { setTimeout as delay } from "../delay.ts";
import { MillraceError } from "../errors/MillraceError.ts";
import { secretEntriesSchema, secretEntryOf, type SecretItem } from "./item.ts";
import { checkSecret, checkSecretTotals } from "./limits.ts";
import { askWorkers, requireWorkers, type SecretWorker } from "./listSecrets.ts";
import { readEncryptionKey } from "./readEncryptionKey.ts";
import { sealSecrets } from "./sealSecrets.ts";
import { signSecret } from "./signSecret.ts";

const mostKeyTries = 3;
const keyRetryMs = 1_000;

export interface SetSecretsParameters {
  deal: bigint;
  /** name → value */
  set?: Record<string, string> | undefined;
  /** names of secrets that are no more */
  remove?: readonly string[] | undefined;
}

export interface SetSecretsReturn {
  /** unix milliseconds; of each name the later version stands */
  version: number;
  /** every worker of the deal, with the reason where it did not take them */
  workers: SecretWorker[];
}

/**
 * Sets and removes secrets of a deal: signs them once, seals them to each worker's key and sends them to all workers
 * at the same time. Workers that come later get them from those that have them.
 * @throws MillraceError `secrets-not-taken` if no worker took them, `secrets-not-owner`, `no-workers`, and what
 * `checkSecret` and `checkSecretTotals` throw
 */
export async function setSecrets(
  chain: Chain,
  { deal, set = {}, remove = [] }: SetSecretsParameters,
): Promise<SetSecretsReturn> {
  const values = [
    ...Object.entries(set).map(([name, value]) => ({ name, value })),
    ...remove.map((name) => ({ name, value: null })),
  ];
  for (const { name, value } of values) checkSecret(name, value);
  checkSecretTotals(values);
  const account = await requireOwner(chain, deal);
  const workers = await requireWorkers(chain, deal);
  const present = await askWorkers(chain, deal, workers);
  // Beyond every version signed before: a clock that went back must not make this the older one.
  const version = Math.max(
    Date.now(),
    ...present.flatMap(({ entries }) => entries.map((entry) => entry.version + 1)),
  );
  const items = await Promise.all(
    values.map(({ name, value }) =>
      signSecret({ deployment: chain.deployment, account, deal, name, value, version }),
    ),
  );
  const results = await Promise.all(workers.map((worker) => give(chain, { deal, worker, items })));
  if (results.every(({ error }) => error !== undefined)) throw nobodyTook(deal, results);
  return { version, workers: results };
}

async function requireOwner(chain: Chain, deal: bigint) {
  const account = requireAccount(chain);
  const { owner } = await readDealCreation(chain, deal);
  if (isAddressEqual(owner, account.address)) return account;
  throw new MillraceError({
    code: "secrets-not-owner",
    shortMessage: `Deal ${deal.toString()} belongs to ${owner}; its workers take secrets of nobody else.`,
    nextStep: "Choose the owner's wallet with --wallet.",
  });
}

interface Gift {
  deal: bigint;
  worker: ActiveWorker;
  items: readonly SecretItem[];
}

async function give(chain: Chain, gift: Gift): Promise<SecretWorker> {
  const { node } = gift.worker;
  try {
    await sealAndSend(chain, gift);
    return { node, error: undefined };
  } catch (error) {
    if (error instanceof MillraceError) return { node, error };
    throw error;
  }
}

async function sealAndSend(chain: Chain, { deal, worker, items }: Gift): Promise<void> {
  const { deployment } = chain;
  const publicKey = await readPresentKey(chain, deal, worker);
  const body = await sealSecrets({ deployment, deal }, publicKey, items);
  const held = await ownerRequest({
    ...{ chain, deal, endpoint: worker.endpoint, answer: secretEntriesSchema },
    ...{ method: "PUT", target: "secrets", body },
  });
  const hashes = new Set(held.items.map(({ valueHash, version }) => `${version} ${valueHash}`));
  const lost = items
    .map(secretEntryOf)
    .filter(({ version, valueHash }) => !hashes.has(`${version} ${valueHash}`));
  if (lost.length === 0) return;
  throw new MillraceError({
    code: "secrets-superseded",
    shortMessage: `Node ${worker.node} has a later version of ${lost.map(({ name }) => name).join(", ")}.`,
    nextStep: `Somebody else set them at the same time: millrace secret list ${deal.toString()}`,
  });
}

/** At the turn of an epoch a node and this chain's end may name different operators for a moment. */
async function readPresentKey(chain: Chain, deal: bigint, worker: ActiveWorker): Promise<Hex> {
  for (let tries = 1, present = worker; ; tries += 1) {
    try {
      return await readEncryptionKey(chain.deployment, present);
    } catch (error) {
      const isTurn = error instanceof MillraceError && error.code === "encryption-key-not-signed";
      if (!isTurn || tries === mostKeyTries) throw error;
      await delay(keyRetryMs);
      present = (await readWorkers(chain, deal)).find(({ node }) => node === worker.node) ?? present;
    }
  }
}

function nobodyTook(deal: bigint, results: readonly SecretWorker[]): MillraceError {
  const codes = new Set(results.map(({ error }) => error?.code));
  return new MillraceError({
    code: "secrets-not-taken",
    shortMessage: `None of the workers of deal ${deal.toString()} took the secrets; nothing changed.`,
    details: results.map(({ node, error }) => `Node ${node}: ${error?.shortMessage ?? ""}`).join(" "),
    nextStep: codes.size === 1 ? results[0]?.error?.nextStep : "Try again in a moment.",
    retryable: results.some(({ error }) => error?.retryable === true),
  });
}
