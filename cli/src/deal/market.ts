import {
  allItems,
  attributeName,
  attributesFromJson,
  formatAmount,
  meetsConstraint,
  type Api,
  type AttestationsQuery,
  type Chain,
  type Constraint,
  type NodeItem,
  type NodesQuery,
  type OffersQuery,
  type PaymentToken,
  type Terms,
} from "@millrace/sdk";
import { zeroAddress, type Address } from "viem";
import { failure } from "../errors.ts";
import { choosePaymentToken, plural } from "../format.ts";
import { buildConstraints } from "./constraints.ts";
import { buildTerms, parsePrice, type TermValues } from "./terms.ts";

const pageSize = 500;

/** How far above the present asks the proposed limit is, so that a spare can take a worker's place. */
const headroom = { times: 3n, by: 2n } as const;

/** Nodes proposed beyond those wanted, in case one of them is taken meanwhile. */
const spares = 2;

/** An offer that fits what the options ask for. */
interface Fitting {
  readonly node: number;
  readonly provider: number;
  readonly ask: bigint;
  /** The last epoch in which its node was online, as far as the index knows. */
  readonly lastOnline: number;
}

/** A node and the highest ask that is accepted of it. */
export interface Candidate {
  readonly node: number;
  readonly maxAsk: bigint;
}

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
      ? proposeLimit(await readFitting(await api(), token, values), token, values)
      : parsePrice(values.limit, token);
  return { terms: buildTerms(values, { token, cid, priceLimit }), token };
}

/**
 * The nodes to match a new deal with at once: the cheapest within the limit, as many of a provider as the terms allow,
 * and some spare ones. A proposal only; none if the API does not answer, since the network's matcher finds some too.
 */
export async function chooseCandidates(
  api: () => Promise<Api>,
  { terms, token }: { terms: Terms; token: PaymentToken },
  values: TermValues,
): Promise<Candidate[]> {
  const fitting = await api()
    .then((answering) => readFitting(answering, token, values))
    .catch(() => []);
  const newest = Math.max(...fitting.map(({ lastOnline }) => lastOnline));
  // A match takes nodes that were online in this epoch or the one before.
  const possible = fitting.filter(
    ({ ask, lastOnline }) => ask <= terms.priceLimit && lastOnline >= newest - 1,
  );
  return atMostPerProvider(possible, values.perProvider)
    .slice(0, values.workers + spares)
    .map(({ node, ask }) => ({ node, maxAsk: ask }));
}

/** The offers that fit the options, the cheapest first. The contract decides which of their nodes may be matched. */
async function readFitting(api: Api, token: PaymentToken, values: TermValues): Promise<Fitting[]> {
  const constraints = buildConstraints(values);
  const attested = await readAttested(api, constraints);
  const nodes = new Map<number, NodeItem>();
  for await (const node of allItems((query: NodesQuery) => api.nodes(query), { limit: pageSize }))
    if (!node.retired && meetsAll(node, constraints, attested)) nodes.set(node.id, node);
  const found: Fitting[] = [];
  const query = { token: token.address, limit: pageSize };
  for await (const offer of allItems((page: OffersQuery) => api.offers(page), query)) {
    const node = nodes.get(offer.node);
    if (!offer.on || offer.freeUnits < values.units || node === undefined) continue;
    const { id, provider, lastAttendedEpoch } = node;
    found.push({
      ...{ node: id, provider, ask: BigInt(offer.askPerUnitEpoch), lastOnline: lastAttendedEpoch ?? -1 },
    });
  }
  return found.sort((a, b) => (a.ask < b.ask ? -1 : a.ask > b.ask ? 1 : 0));
}

/**
 * 1.5 times the highest ask of the cheapest nodes that are enough for the deal. A proposal only: each node is paid what
 * it asks.
 * @throws MillraceError `offers-missing` if nobody offers what is wanted
 */
function proposeLimit(fitting: readonly Fitting[], token: PaymentToken, values: TermValues): bigint {
  const possible = atMostPerProvider(fitting, values.perProvider);
  const highest = possible[Math.min(values.workers, possible.length) - 1]?.ask;
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

/** Those that the limit per provider does not rule out, in the same order. */
function atMostPerProvider(fitting: readonly Fitting[], perProvider: number): Fitting[] {
  const taken = new Map<number, number>();
  return fitting.filter(({ provider }) => {
    const before = taken.get(provider) ?? 0;
    taken.set(provider, before + 1);
    return before < perProvider;
  });
}

/** What attesters say of nodes now, by node, attribute and attester. */
type Attested = ReadonlyMap<string, bigint>;

/** What those say whom the constraints name. */
async function readAttested(api: Api, constraints: readonly Constraint[]): Promise<Attested> {
  const attesters = new Set(constraints.map(({ attester }) => attester));
  attesters.delete(zeroAddress);
  const attested = new Map<string, bigint>();
  for (const attester of attesters) {
    const query = { attester, limit: pageSize };
    const items = allItems((page: AttestationsQuery) => api.attestations(page), query);
    for await (const { node, attribute, value, holds } of items)
      if (holds) attested.set(attestedKey(node, attribute, attester), BigInt(value));
  }
  return attested;
}

function attestedKey(node: number, attribute: string, attester: Address): string {
  return `${node} ${attribute} ${attester.toLowerCase()}`;
}

function meetsAll(node: NodeItem, constraints: readonly Constraint[], attested: Attested): boolean {
  const packed = Object.entries(attributesFromJson(node.attributes)).map(([name, value]) => [
    name,
    BigInt(value),
  ]);
  const further = Object.entries(node.furtherAttributes).map(([name, value]) => [name, BigInt(value)]);
  const declared = new Map<string, bigint>([...further, ...packed] as [string, bigint][]);
  return constraints.every((constraint) => {
    const name = attributeName(constraint.attribute);
    const { attester } = constraint;
    const actual =
      attester === zeroAddress ? declared.get(name) : attested.get(attestedKey(node.id, name, attester));
    return meetsConstraint(constraint, actual ?? 0n);
  });
}
