/**
 * The Solidity enums by name; the API and the CLI use the names. A name's index is its number on the chain, except for
 * `dealStatuses` and `endCauses`, which leave out the chain's number 0 (`None`): their index is one less.
 */
export const dealStatuses = ["matching", "active", "underfunded", "insolvent", "ended"] as const;
export type DealStatus = (typeof dealStatuses)[number];

export const refusals = [
  "none",
  "nodeUnknown",
  "nodeRetired",
  "offerOff",
  "aboveListedAsk",
  "abovePriceLimit",
  "belowMinimumAsk",
  "unitsShort",
  "stakeShort",
  "constraintUnmet",
  "notListed",
  "providerLimit",
  "providerBarred",
  "alreadyWorking",
  "notAttending",
  "targetReached",
] as const;
export type RefusalName = (typeof refusals)[number];

/** Why a claim of many workers passed over one. */
export const claimRefusals = ["none", "dealUnknown", "workerUnknown", "notPayout", "nothingOwed"] as const;
export type ClaimRefusalName = (typeof claimRefusals)[number];

/** `dealEnded` has no number on the chain: a worker whose deal ended has no event of its own. */
export const endCauses = [
  "dismissed",
  "resigned",
  "leftInsolvent",
  "evicted",
  "replaced",
  "slashed",
  "dealEnded",
] as const;
export type EndCauseName = (typeof endCauses)[number];

export const operators = ["equal", "notEqual", "atLeast", "atMost"] as const;
export type OperatorName = (typeof operators)[number];

export const attributeNames = [
  "regionGroup",
  "country",
  "hardwareClass",
  "cores",
  "memoryGiB",
  "bandwidthMbps",
] as const;
export type AttributeName = (typeof attributeNames)[number];

export const attendanceRefusals = ["none", "operatorNotInForce", "nodeRetired", "alreadyAttended"] as const;
export type AttendanceRefusalName = (typeof attendanceRefusals)[number];

export const listModes = ["none", "allow", "deny"] as const;
export type ListModeName = (typeof listModes)[number];

/** Index is the number on the chain. */
export const regionGroups = [
  "unknown",
  "africa",
  "antarctica",
  "asia",
  "europe",
  "north-america",
  "oceania",
  "south-america",
] as const;
export type RegionGroup = (typeof regionGroups)[number];

/** Index is the number on the chain. */
export const hardwareClasses = ["unknown", "single-board", "desktop", "server", "data-centre"] as const;
export type HardwareClass = (typeof hardwareClasses)[number];

/**
 * The name at a chain enum's number.
 * @throws RangeError if the chain's number has no name here, that is, if the contracts are newer than this SDK
 */
export function nameAt<const T extends readonly string[]>(names: T, index: number): T[number] {
  const name = names[index];
  if (name === undefined)
    throw new RangeError(`No name for number ${String(index)} in [${names.join(", ")}]`);
  return name;
}
