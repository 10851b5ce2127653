import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import {
  type Chain,
  checkSecret,
  type Encryption,
  MillraceError,
  sealSecrets,
  type SecretEntry,
  type SecretItem,
  secretLimits,
} from "@millrace/sdk";
import type { Logger } from "pino";
import type { Address, Hex } from "viem";
import type { Assignment } from "../chain/assignments.ts";
import { createDealAsking, type DealAsking } from "./dealAsking.ts";
import { createDealSecrets, type DealSecrets } from "./dealSecrets.ts";
import type { Keyring } from "./keyring.ts";
import { askPeers } from "./peers.ts";

/**
 * How long the secrets of a deal stay that this node no longer finds among its own: right after a start an RPC endpoint
 * that lags behind may not know of the deal yet.
 */
const forgottenAfterMs = 10 * 60_000;
/** How often it is looked whether a deal's secrets have come. */
const lookMs = 50;
/** From when on it is told that a deal waits for them. */
const tellAfterMs = 2_000;

/** What `/v1/status` says of a deal's secrets. */
export interface SecretsStatus {
  count: number;
  /** what is missing; undefined mostly */
  problem: string | undefined;
}

/** What is known of an assignment here: whose signature counts. */
type Owned = Pick<Assignment, "deal" | "owner">;

/** The secrets of this node's deals. */
export interface SecretKeeper {
  /** Asks other workers of the deals that are served where it is time to, and deletes what is of no kept deal. */
  tick(chain: Chain, served: Iterable<Owned>, kept: ReadonlySet<bigint>): void;
  /** Resolves when a deal may be served; `note` is told why not yet. */
  prepare(chain: Chain, deal: Owned, options: PrepareOptions): Promise<void>;
  /** Variables of a deal's calls. */
  environment(deal: Owned): Record<string, string>;
  /** A line of the deal's log without the values. */
  redact(deal: bigint, text: string): string;
  /** Takes what the owner sealed to this node. @returns what is held now */
  put(deal: Owned, sealed: Uint8Array): Promise<SecretEntry[]>;
  entries(deal: Owned): Promise<SecretEntry[]>;
  /** True if there is anything to hand over. */
  hasAny(deal: bigint): boolean;
  /** What another worker gets. */
  sealFor(deal: Owned, publicKey: Hex): Promise<Uint8Array>;
  status(deal: bigint): SecretsStatus;
  /** The key that secrets are sealed to, as the node shows it. */
  encryption(): Encryption;
}

interface PrepareOptions {
  signal: AbortSignal;
  note: (reason: string) => void;
}

export interface SecretKeeperParameters {
  /** where the sealed files are */
  folder: string;
  nodeId: number;
  keyring: Keyring;
  log: Logger;
  nowMs?: () => number;
}

interface Kept {
  secrets: DealSecrets;
  unreadable: string | undefined;
  /** who was the owner when the deal was last seen */
  owner: Address | undefined;
  asking: DealAsking | undefined;
  /** since when it is none of this node's deals; undefined while it is */
  unwantedSinceMs: number | undefined;
}

/** Opens the keeper: reads what is stored, and seals it anew where the node's keys have changed. */
export async function openSecretKeeper(parameters: SecretKeeperParameters): Promise<SecretKeeper> {
  const { folder, nodeId, keyring, log, nowMs = Date.now } = parameters;
  const deals = new Map<bigint, Kept>();
  let following: Promise<void> | undefined;
  let isResealDue = false;
  await removeDrafts(folder);
  for (const deal of await storedDeals(folder)) {
    const reason = await load(keep(deal));
    if (reason !== undefined) log.error({ deal: deal.toString(), reason }, "stored secrets cannot be read");
  }

  async function load(kept: Kept): Promise<string | undefined> {
    kept.unreadable = await kept.secrets.load();
    return kept.unreadable;
  }

  /** With the next operator key in its hands the node seals everything to it too, before the old key is gone. */
  async function followKeys(): Promise<void> {
    if (await keyring.refresh()) isResealDue = true;
    if (!isResealDue) return;
    const sealed = await Promise.allSettled(
      [...deals.values()].map((kept) => (kept.unreadable === undefined ? kept.secrets.reseal() : load(kept))),
    );
    const failed = sealed.find((result) => result.status === "rejected");
    // What is not sealed to the new key is lost with the old one, so it is tried again at the next look.
    if (failed !== undefined) throw failed.reason;
    isResealDue = false;
  }

  function forgetUnwanted(wanted: ReadonlySet<bigint>): void {
    for (const [deal, kept] of deals) {
      kept.unwantedSinceMs = wanted.has(deal) ? undefined : (kept.unwantedSinceMs ?? nowMs());
      if (kept.unwantedSinceMs === undefined || nowMs() - kept.unwantedSinceMs < forgottenAfterMs) continue;
      deals.delete(deal);
      kept.secrets.forget().catch((err: unknown) => {
        log.error({ err, deal: deal.toString() }, "deleting the secrets of a deal failed");
      });
    }
  }

  function keep(deal: bigint): Kept {
    const known = deals.get(deal);
    if (known !== undefined) return known;
    const path = join(folder, `deal-${deal.toString()}.json`);
    const kept: Kept = {
      secrets: createDealSecrets({ deal, keyring, path }),
      ...{ unreadable: undefined, owner: undefined, asking: undefined, unwantedSinceMs: undefined },
    };
    deals.set(deal, kept);
    return kept;
  }

  async function settled({ deal, owner }: Owned): Promise<Kept> {
    const kept = keep(deal);
    await kept.secrets.settleOwner(owner);
    return kept;
  }

  function askingOf(chain: Chain, { deal, owner }: Owned): DealAsking {
    const kept = keep(deal);
    const { secrets, unreadable } = kept;
    if (kept.owner !== owner) kept.asking = undefined;
    kept.owner = owner;
    kept.asking ??= createDealAsking({
      ...{ deal, log, unreadable },
      hasItems: () => secrets.items(owner).length > 0,
      ask: async () => {
        await settled({ deal, owner });
        return askPeers({ chain, deal, nodeId, keyring });
      },
      take: (items) => take({ deal, owner }, items),
    });
    return kept.asking;
  }

  /** @throws MillraceError unless all items may be kept */
  async function take({ deal, owner }: Owned, items: readonly SecretItem[]): Promise<void> {
    for (const { name, value, version } of items) {
      checkSecret(name, value);
      if (version > nowMs() + secretLimits.aheadMs) throw aheadOfTime(name);
    }
    const { secrets } = keep(deal);
    if (!(await secrets.merge(owner, items))) return;
    log.info({ deal: deal.toString(), count: secrets.size() }, "secrets changed");
  }

  return {
    tick: (chain, served, wanted) => {
      following ??= followKeys()
        .catch((err: unknown) => log.error({ err }, "sealing secrets to a new key failed"))
        .finally(() => (following = undefined));
      for (const owned of served) askingOf(chain, owned).tick();
      forgetUnwanted(wanted);
    },
    prepare: async (chain, owned, { signal, note }) => {
      await settled(owned);
      const startedMs = performance.now();
      const asking = askingOf(chain, owned);
      for (let reason = asking.waitsFor(); reason !== undefined; reason = asking.waitsFor()) {
        asking.tick();
        if (performance.now() - startedMs > tellAfterMs) note(reason);
        await delay(lookMs, undefined, { signal });
      }
    },
    environment: ({ deal, owner }) => deals.get(deal)?.secrets.environment(owner) ?? {},
    redact: (deal, text) => deals.get(deal)?.secrets.redact(text) ?? text,
    put: async (owned, sealed) => {
      const items = await keyring.open(owned.deal, sealed);
      await settled(owned);
      await take(owned, items);
      return keep(owned.deal).secrets.entries(owned.owner);
    },
    entries: async (owned) => (await settled(owned)).secrets.entries(owned.owner),
    hasAny: (deal) => (deals.get(deal)?.secrets.count() ?? 0) > 0,
    sealFor: async (owned, publicKey) => {
      const { secrets } = await settled(owned);
      const { deployment } = keyring;
      return sealSecrets({ deployment, deal: owned.deal }, publicKey, secrets.items(owned.owner));
    },
    status: (deal) => {
      const kept = deals.get(deal);
      const problem = kept?.asking?.waitsFor() ?? kept?.asking?.problem();
      return { count: kept?.secrets.size() ?? 0, problem };
    },
    encryption: () => keyring.encryption(),
  };
}

/** What a killed process was about to write, sealed as it is, belongs to nobody. */
async function removeDrafts(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  const drafts = names.filter((name) => /^deal-\d+\.json\.[0-9a-f]{12}$/.test(name));
  await Promise.all(drafts.map((name) => rm(join(folder, name), { force: true })));
}

async function storedDeals(folder: string): Promise<bigint[]> {
  const names = await readdir(folder).catch(() => []);
  return names.flatMap((name) => {
    const id = /^deal-([1-9]\d{0,19})\.json$/.exec(name)?.[1];
    return id === undefined ? [] : [BigInt(id)];
  });
}

function aheadOfTime(name: string): MillraceError {
  return new MillraceError({
    code: "secret-version-ahead",
    shortMessage: `The version of ${name} is more than ${secretLimits.aheadMs / 60_000} minutes ahead of this node's clock.`,
    nextStep: "Set this machine's clock right and set the secret again.",
  });
}
