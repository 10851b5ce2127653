import { hashSecretValue, type SecretItem } from "./item.ts";
import { checkSecretTotals, secretLimits } from "./limits.ts";

/**
 * Merges verified items by name: the later version stands, whatever order they come in, so all workers end equal.
 * The oldest removals beyond the limit are forgotten.
 *
 * @returns the merged items, sorted by name
 * @throws MillraceError `secrets-too-many`
 */
export function mergeSecrets(held: Iterable<SecretItem>, added: Iterable<SecretItem>): SecretItem[] {
  const byName = new Map<string, SecretItem>();
  for (const item of [...held, ...added]) {
    const before = byName.get(item.name);
    if (before === undefined || supersedes(item, before)) byName.set(item.name, item);
  }
  const items = [...byName.values()];
  checkSecretTotals(items);
  const surplus = items
    .filter(({ value }) => value === null)
    .sort((a, b) => b.version - a.version)
    .slice(secretLimits.removed);
  return items.filter((item) => !surplus.includes(item)).sort((a, b) => (a.name < b.name ? -1 : 1));
}

/**
 * True if an item stands instead of another of its name. Two that were signed in the same millisecond are told apart
 * by their hashes, which is the same everywhere.
 */
export function supersedes(item: SecretItem, before: SecretItem): boolean {
  if (item.version !== before.version) return item.version > before.version;
  return hashSecretValue(item) > hashSecretValue(before);
}
