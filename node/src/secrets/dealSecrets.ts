import { rm } from "node:fs/promises";
import {
  mergeSecrets,
  secretEntryOf,
  type SecretEntry,
  type SecretItem,
  supersedes,
  verifySecret,
} from "@millrace/sdk";
import type { Address } from "viem";
import type { Keyring } from "./keyring.ts";
import { createRedactor } from "./redactor.ts";
import { readSecretFile, writeSecretFile } from "./secretFile.ts";

/** The secrets of one deal on this node. What its owner did not sign is not there. */
export interface DealSecrets {
  /** Reads what is stored; to be awaited before anything else. @returns why it cannot be read, if it cannot */
  load(): Promise<string | undefined>;
  /**
   * Adds items; later versions stand.
   *
   * @returns true if anything changed
   * @throws MillraceError `secret-not-signed`, `secrets-too-many`: nothing changed
   */
  merge(owner: Address, items: readonly SecretItem[]): Promise<boolean>;
  /** Drops what another owner signed: after a reorg the deal may be somebody else's. */
  settleOwner(owner: Address): Promise<void>;
  /** how many there are, removals included, whoever signed them */
  count(): number;
  /** how many values there are */
  size(): number;
  items(owner: Address): readonly SecretItem[];
  entries(owner: Address): SecretEntry[];
  environment(owner: Address): Record<string, string>;
  redact(text: string): string;
  /** Seals what is stored to the keys that the node holds now. */
  reseal(): Promise<void>;
  /** Deletes everything. */
  forget(): Promise<void>;
}

export interface DealSecretsParameters {
  deal: bigint;
  keyring: Keyring;
  path: string;
}

/** Makes the secrets of a deal; nothing is read before `load`. */
export function createDealSecrets({ deal, keyring, path }: DealSecretsParameters): DealSecrets {
  const redactor = createRedactor();
  let held: SecretItem[] = [];
  /** whose signature all of `held` has; undefined until it was checked */
  let heldOf: Address | undefined;
  let environment: Record<string, string> = {};
  let last: Promise<unknown> = Promise.resolve();

  /** One change at a time, so that none is lost. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = last.then(work, work);
    last = done.catch(() => undefined);
    return done;
  }

  function use(items: SecretItem[]): void {
    held = items;
    environment = Object.fromEntries(
      items.flatMap(({ name, value }) => (value === null ? [] : [[name, value]])),
    );
    redactor.learn(Object.values(environment));
  }

  const store = (items: readonly SecretItem[]) => writeSecretFile(path, { deal, keyring, items });
  const isSigned = (owner: Address, item: SecretItem) =>
    verifySecret({ deployment: keyring.deployment, deal, owner, entry: secretEntryOf(item) });
  const of = (owner: Address) => (owner === heldOf ? held : []);

  async function settleOwner(owner: Address): Promise<void> {
    if (heldOf === owner) return;
    const checked = await Promise.allSettled(held.map((item) => isSigned(owner, item)));
    const kept = held.filter((_, index) => checked[index]?.status === "fulfilled");
    if (kept.length !== held.length) await store(kept);
    use(kept);
    heldOf = owner;
  }

  return {
    load: () =>
      inTurn(async () => {
        const stored = await readSecretFile(path, deal, keyring);
        if (stored.kind === "unreadable") return stored.reason;
        if (stored.kind === "none") return undefined;
        use(stored.items);
        if (stored.stale) await store(stored.items);
        return undefined;
      }),
    merge: (owner, items) =>
      inTurn(async () => {
        await settleOwner(owner);
        const added = items.filter((item) => {
          const before = held.find(({ name }) => name === item.name);
          return before === undefined || supersedes(item, before);
        });
        if (added.length === 0) return false;
        // One after the other: whoever sends forged ones keeps this node busy with the first alone.
        for (const item of added) await isSigned(owner, item);
        const merged = mergeSecrets(held, added);
        await store(merged);
        use(merged);
        return true;
      }),
    settleOwner: (owner) => inTurn(() => settleOwner(owner)),
    count: () => held.length,
    size: () => Object.keys(environment).length,
    items: of,
    entries: (owner) => of(owner).map(secretEntryOf),
    environment: (owner) => (owner === heldOf ? environment : {}),
    redact: redactor.redact,
    reseal: () =>
      inTurn(async () => {
        if (held.length > 0) await store(held);
      }),
    forget: () =>
      inTurn(async () => {
        use([]);
        await rm(path, { force: true });
      }),
  };
}
