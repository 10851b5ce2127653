import {
  allItems,
  attributesFromJson,
  formatAmount,
  type Api,
  type Chain,
  type Constraint,
  type NodeItem,
  type NodesQuery,
  type OffersQuery,
  type PaymentToken,
  type Terms,
} from "@millrace/sdk";
import { failure } from "../errors.ts";
import { choosePaymentToken, plural } from "../format.ts";
import { buildConstraints, buildTerms, parsePrice, type TermValues } from "./terms.ts";

const pageSize = 500;

/** How far above the present asks the proposed limit is, so that a spare can take a worker's place. */
const headroom = { times: 3n, by: 2n } as const;

/**
 * The terms that the options describe; without --limit it is proposed from what nodes ask now.
 * @param api asked only when a limit has to be proposed
 */
export async function chooseTerms(
  chain: Chain,
  api: () => Promise<Api>,
  values: TermValues,
  cid: string,
): Promise<{ terms: Terms; token: PaymentToken }> {
  const token = choosePaymentToken(chain.deployment, values.token);
  const priceLimit =
    values.limit === undefined
      ? await proposeLimit(await api(), token, values)
      : parsePrice(values.limit, token);
  return { terms: buildTerms(values, { token, cid, priceLimit }), token };
}

/**
 * 1.5 times the highest ask of the cheapest nodes that are enough for the deal. A proposal only: the contract decides
 * which nodes may be matched, and each is paid what it asks.
 * @throws MillraceError `offers-missing` if nobody offers what is wanted
 */
async function proposeLimit(api: Api, token: PaymentToken, values: TermValues): Promise<bigint> {
  const constraints = buildConstraints(values);
  /** Nodes that may be matched, and whose they are. */
  const fitting = new Map<number, number>();
  for await (const node of allItems((query: NodesQuery) => api.nodes(query), { limit: pageSize }))
    if (!node.retired && meetsAll(node, constraints)) fitting.set(node.id, node.provider);
  const asks: { ask: bigint; provider: number }[] = [];
  for await (const { node, on, freeUnits, askPerUnitEpoch } of allItems(
    (query: OffersQuery) => api.offers(query),
    {
      token: token.address,
      limit: pageSize,
    },
  )) {
    const provider = fitting.get(node);
    if (on && freeUnits >= values.units && provider !== undefined)
      asks.push({ ask: BigInt(askPerUnitEpoch), provider });
  }
  const possible = atMostPerProvider(asks, values.perProvider);
  const highest = possible[Math.min(values.workers, possible.length) - 1];
  if (highest === undefined)
    throw failure(
      "offers-missing",
      `No node offers ${plural(values.units, "free unit")} for ${token.symbol} as wanted.`,
      {
        nextStep: `Loosen what you ask for, or wait for offers with a limit of your own, such as --limit ${formatAmount(10n ** BigInt(token.decimals) / 1000n, token.decimals)}`,
      },
    );
  return (highest * headroom.times + headroom.by - 1n) / headroom.by;
}

/** The asks, cheapest first, without those that the limit per provider rules out. */
function atMostPerProvider(
  asks: readonly { readonly ask: bigint; readonly provider: number }[],
  perProvider: number,
): bigint[] {
  const taken = new Map<number, number>();
  return [...asks]
    .sort((a, b) => (a.ask < b.ask ? -1 : a.ask > b.ask ? 1 : 0))
    .flatMap(({ ask, provider }) => {
      const before = taken.get(provider) ?? 0;
      taken.set(provider, before + 1);
      return before < perProvider ? [ask] : [];
    });
}

/** The operators in the order of their numbers on the chain; an attribute of 0 is missing and fails them all. */
const holds: readonly ((actual: bigint, wanted: bigint) => boolean)[] = [
  (actual, wanted) => actual === wanted,
  (actual, wanted) => actual !== wanted,
  (actual, wanted) => actual >= wanted,
  (actual, wanted) => actual <= wanted,
];

function meetsAll(node: NodeItem, constraints: readonly Constraint[]): boolean {
  const { regionGroup, country, hardwareClass, cores, memoryGiB, bandwidthMbps } = attributesFromJson(
    node.attributes,
  );
  const values = [regionGroup, country, hardwareClass, cores, memoryGiB, bandwidthMbps].map(BigInt);
  return constraints.every(({ attribute, operator, value }) => {
    const actual = values[attribute] ?? 0n;
    return actual !== 0n && holds[operator]?.(actual, value) === true;
  });
}
