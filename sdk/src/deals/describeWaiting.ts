import { isAddressEqual, zeroAddress } from "viem";
import { attributeName, formatAttributeValue } from "../attributes.ts";
import { refusals, type RefusalName } from "../api/schemas/names.ts";
import type { Constraint, Terms } from "../terms.ts";
import { formatTime, formatToken, type TokenUnits } from "../units.ts";
import type { UnmetConstraint } from "./readUnmet.ts";

/** Nodes that a sentence names. */
const namedNodes = 3;

/** What the words are about. */
export interface RefusalContext {
  readonly terms: Pick<
    Terms,
    "paymentToken" | "priceLimit" | "minimumAsk" | "unitsPerWorker" | "maxWorkersPerProvider"
  >;
  /** the deal's payment token; an unknown one's amounts are shown in smallest units */
  readonly token: TokenUnits | undefined;
}

type Words = readonly [one: string, several: string];

/** What each reason not to take a node means, of one node and of several. */
const words: Record<RefusalName, Words | ((context: RefusalContext) => Words)> = {
  none: ["would be taken by the next match", "would be taken by the next match"],
  nodeUnknown: ["is unknown", "are unknown"],
  nodeRetired: ["is retired", "are retired"],
  offerOff: ({ terms, token }) => {
    const name = token?.symbol ?? terms.paymentToken;
    return [`offers nothing in ${name} now`, `offer nothing in ${name} now`];
  },
  aboveListedAsk: ["raised its price meanwhile", "raised their price meanwhile"],
  abovePriceLimit: ({ terms, token }) => {
    const limit = formatToken(terms.priceLimit, token);
    return [`asks more than the limit of ${limit}`, `ask more than the limit of ${limit}`];
  },
  belowMinimumAsk: ({ terms, token }) => {
    const minimum = formatToken(terms.minimumAsk, token);
    return [`asks less than the minimum of ${minimum}`, `ask less than the minimum of ${minimum}`];
  },
  unitsShort: ({ terms: { unitsPerWorker } }) =>
    unitsPerWorker === 1
      ? ["has no free unit", "have no free unit"]
      : [`has fewer than ${unitsPerWorker} free units`, `have fewer than ${unitsPerWorker} free units`],
  stakeShort: ["has a provider with too little free stake", "have a provider with too little free stake"],
  constraintUnmet: ["does not meet the constraints", "do not meet the constraints"],
  notListed: ["is ruled out by the list of providers", "are ruled out by the list of providers"],
  providerLimit: ({ terms: { maxWorkersPerProvider } }) => {
    const has = `to a provider with ${maxWorkersPerProvider} of the deal's workers already`;
    return [`belongs ${has}`, `belong ${has}`];
  },
  providerBarred: [
    "belongs to a provider that is barred from the deal",
    "belong to a provider that is barred from the deal",
  ],
  alreadyWorking: [
    "has work of the deal that is not released yet",
    "have work of the deal that is not released yet",
  ],
  notAttending: [
    "has not been online in this epoch or the last",
    "have not been online in this epoch or the last",
  ],
  targetReached: ["is not needed", "are not needed"],
};

/** What the owner of a deal can do about what hinders it most. */
const advice: Record<RefusalName, string> = {
  none: "wait for the next match",
  nodeUnknown: "wait for other providers",
  nodeRetired: "wait for other providers",
  offerOff: "wait until they offer again or others come",
  aboveListedAsk: "wait for the next match",
  abovePriceLimit: "create a deal with a higher limit or wait",
  belowMinimumAsk: "create a deal with a lower minimum or wait",
  unitsShort: "it is matched as soon as units are free",
  stakeShort: "wait until they stake more or others come",
  constraintUnmet: "create a deal with looser constraints or wait",
  notListed: "create a deal with another list or wait",
  providerLimit: "create a deal with a higher limit per provider or wait for other providers",
  providerBarred: "un-bar a provider or wait for others",
  alreadyWorking: "wait until it is",
  notAttending: "wait until they are back or others come",
  targetReached: "wait",
};

/** What a refusal means of `count` nodes, as a predicate: "asks more than the limit of 0.002 tUSD". */
export function describeRefusal(refusal: RefusalName, count: number, context: RefusalContext): string {
  const entry = words[refusal];
  const [one, several] = typeof entry === "function" ? entry(context) : entry;
  return count === 1 ? one : several;
}

/** How full a node is. */
export interface NodeUnits {
  readonly node: number;
  readonly units: number;
  readonly unitsInUse: number;
}

export interface DescribeWaitingParameters extends RefusalContext {
  /** workers that the deal wants more */
  readonly missing: number;
  /** what the contract says of each node that does not work for the deal */
  readonly found: ReadonlyMap<number, RefusalName>;
  /** of the nodes that have too few free units; the sentence names the first three */
  readonly units: readonly NodeUnits[];
  /** of the nodes that do not meet the constraints, one for each; the sentence names the first three */
  readonly unmet: readonly UnmetConstraint[];
  /** unix seconds until which the guardian closed the entry; undefined while it is open */
  readonly entryPausedUntil: number | undefined;
  /** what a matcher met that the nodes one by one don't tell */
  readonly hindrance?: string | undefined;
}

/** Why a deal has fewer workers than it wants, in one sentence: what hinders, and what to do. */
export function describeWaiting(parameters: DescribeWaitingParameters): string {
  const { missing, found, entryPausedUntil, hindrance, terms, token } = parameters;
  const wanted = `${missing} more ${plural(missing, "worker")}`;
  if (entryPausedUntil !== undefined)
    return `It waits for ${wanted}, but the guardian closed the entry until ${formatTime(entryPausedUntil)}: nobody is matched before; wait, or withdraw the balance.`;
  const nodes = `${found.size} ${plural(found.size, "node")}`;
  const counts = countRefusals(found);
  const free = counts.find(({ refusal }) => refusal === "none")?.count ?? 0;
  const refused = counts.filter(({ refusal }) => refusal !== "none");
  const [main] = refused;
  if (free >= missing || (main === undefined && free > 0))
    return hindrance === undefined
      ? `${free} of ${nodes} can take it; the next match should assign ${wanted}.`
      : `${free} of ${nodes} can take it, but: ${hindrance}`;
  if (main === undefined)
    return `It waits for ${wanted}: no other node offers units in ${token?.symbol ?? terms.paymentToken}; wait for providers or pay in another token.`;
  const why = refused.map(({ refusal, count }, index) => {
    const subject = index === 0 ? `${count} of ${nodes}` : String(count);
    return `${subject} ${describeRefusal(refusal, count, parameters)}${describeNodes(refusal, parameters)}`;
  });
  return `It waits for ${wanted}: ${why.join(", ")}; ${advice[main.refusal]}.`;
}

/** How many nodes each refusal concerns, most frequent first. */
export function countRefusals(
  found: ReadonlyMap<number, RefusalName>,
): { refusal: RefusalName; count: number }[] {
  return [...Map.groupBy(found.values(), (refusal) => refusal)]
    .map(([refusal, same]) => ({ refusal, count: same.length }))
    .sort((a, b) => b.count - a.count || refusals.indexOf(a.refusal) - refusals.indexOf(b.refusal));
}

/** " (node 1 has 4 of 4 in use, node 2 has 7 of 8 in use)": what it is that has to change at the first few nodes. */
function describeNodes(
  refusal: RefusalName,
  { units, unmet }: Pick<DescribeWaitingParameters, "units" | "unmet">,
): string {
  const clauses =
    refusal === "unitsShort"
      ? units.map((node) => `node ${node.node} has ${node.unitsInUse} of ${node.units} in use`)
      : refusal === "constraintUnmet"
        ? unmet.map(describeUnmet)
        : [];
  if (clauses.length === 0) return "";
  const named = clauses.slice(0, namedNodes);
  return ` (${[...named, ...(clauses.length > namedNodes ? ["…"] : [])].join(", ")})`;
}

/** "node 2 has memoryGiB 4, wanted is memoryGiB ≥ 8". */
function describeUnmet({ node, constraint, actual }: UnmetConstraint): string {
  const name = attributeName(constraint.attribute);
  const has = actual === 0n ? `no ${name}` : `${name} ${formatAttributeValue(name, actual)}`;
  return `node ${node} has ${has}, wanted is ${describeConstraint(constraint)}`;
}

/** A constraint for a person: "gpus ≥ 2 attested by 0x…". */
export function describeConstraint({ attribute, operator, value, attester }: Constraint): string {
  const name = attributeName(attribute);
  const compared = `${name} ${["=", "≠", "≥", "≤"][operator] ?? "?"} ${formatAttributeValue(name, value)}`;
  return isAddressEqual(attester, zeroAddress) ? compared : `${compared} attested by ${attester}`;
}

function plural(count: number, noun: string): string {
  return count === 1 ? noun : `${noun}s`;
}
