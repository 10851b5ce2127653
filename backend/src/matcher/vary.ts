import type { Place } from "./reads.ts";

/** A node that could be taken: what it asks per unit and epoch, in smallest units, and where it is. */
export interface Choosable extends Place {
  readonly node: number;
  readonly maxAsk: bigint;
}

/**
 * The order in which to propose nodes: always one that is dearer than the cheapest by the tolerance at most (so that no
 * challenge stands against it), and among those one of the provider, then the region, then the country that the deal has
 * least of.
 * @param offered the cheapest first; equal ones in the order of preference
 * @param taken where the deal's workers are already
 * @param wanted how many are worth the choice; the others follow by price
 */
export function varyPlaces<T extends Choosable>(
  offered: readonly T[],
  { taken, wanted, toleranceBps }: { taken: readonly Place[]; wanted: number; toleranceBps: number },
): T[] {
  const rest = [...offered];
  const chosen: T[] = [];
  while (chosen.length < wanted) {
    const [cheapest] = rest;
    if (cheapest === undefined) break;
    const most = cheapest.maxAsk * BigInt(10_000 + toleranceBps);
    const places = [...taken, ...chosen];
    const near = rest.filter(({ maxAsk }) => maxAsk * 10_000n <= most);
    const best = near.reduce((one, other) => (isRarer(other, one, places) ? other : one), cheapest);
    chosen.push(best);
    rest.splice(rest.indexOf(best), 1);
  }
  return [...chosen, ...rest];
}

/** Whether the deal has less of where `one` is than of where `other` is. */
function isRarer(one: Place, other: Place, places: readonly Place[]): boolean {
  for (const field of ["provider", "region", "country"] as const) {
    const count = ({ [field]: wanted }: Place) => places.filter((place) => place[field] === wanted).length;
    const difference = count(one) - count(other);
    if (difference !== 0) return difference < 0;
  }
  return false;
}
