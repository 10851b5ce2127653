import {
  constraintOf,
  parseAttributeValue,
  regionGroups,
  type Constraint,
  type OperatorName,
  type RegionGroup,
} from "@millrace/sdk";
import { InvalidArgumentError } from "commander";
import type { Address } from "viem";
import { UsageError } from "../errors.ts";
import { address } from "../parse.ts";

/** The contract takes no more. */
const mostConstraints = 8;

export const knownRegions = regionGroups.filter((name) => name !== "unknown");

/** Where a node is: a region, or a country by its two capital letters. */
export type Place = { readonly region: RegionGroup } | { readonly country: string };

/** What a node must be. */
export interface Wanted {
  readonly attribute: string;
  readonly operator: OperatorName;
  readonly value: bigint;
  readonly attester: Address | undefined;
}

/** The options that say what a node must be. */
export interface ConstraintValues {
  readonly region: readonly Place[];
  readonly minMemory: number | undefined;
  readonly minCores: number | undefined;
  readonly require: readonly Wanted[];
  readonly attestedBy: Address | undefined;
}

/** A region by its name ("eu" for europe), or a country by its two letters. */
export function place(value: string): Place {
  const name = value.toLowerCase() === "eu" ? "europe" : value.toLowerCase();
  const region = knownRegions.find((known) => known === name);
  if (region !== undefined) return { region };
  if (/^[a-z]{2}$/.test(name)) return { country: name.toUpperCase() };
  throw new InvalidArgumentError(
    `Choose from: ${knownRegions.join(", ")}, or give the two letters of a country, for example DE.`,
  );
}

const operatorNames: Readonly<Record<string, OperatorName>> = {
  "=": "equal",
  "!=": "notEqual",
  ">=": "atLeast",
  "<=": "atMost",
};

/** `name>=value`, `name<=value`, `name=value` or `name!=value`, and `@0x…` behind it for an attester of its own. */
export function wanted(text: string): Wanted {
  const match = /^([A-Za-z0-9._-]{1,32})(>=|<=|!=|=)([A-Za-z0-9-]+)(?:@(.+))?$/.exec(text);
  const [, attribute, sign, value, attester] = match ?? [];
  const operator = operatorNames[sign ?? ""];
  if (attribute === undefined || value === undefined || operator === undefined)
    throw new InvalidArgumentError(
      'Write a requirement as "gpus>=2", with >=, <=, = or !=, in quotes; "gpus>=2@0x…" if that account has to attest it.',
    );
  return {
    ...{ attribute, operator, value: attributeValue(attribute, value) },
    attester: attester === undefined ? undefined : address(attester),
  };
}

/** `name=value` of a node. */
export function setting(text: string): { readonly attribute: string; readonly value: bigint } {
  const [, attribute, value] = /^([A-Za-z0-9._-]{1,32})=([A-Za-z0-9-]+)$/.exec(text) ?? [];
  if (attribute === undefined || value === undefined)
    throw new InvalidArgumentError('Write an attribute as "gpus=2".');
  return { attribute, value: attributeValue(attribute, value) };
}

function attributeValue(attribute: string, text: string): bigint {
  try {
    return parseAttributeValue(attribute, text);
  } catch (error) {
    throw new InvalidArgumentError(error instanceof Error ? error.message : String(error));
  }
}

/**
 * What a node must be. All constraints have to hold at once, so several regions become "none of the others".
 * @throws UsageError for places that exclude each other, and for more constraints than a deal may have
 */
export function buildConstraints(values: ConstraintValues): Constraint[] {
  const { minMemory, minCores, attestedBy } = values;
  const all: Wanted[] = [
    ...places(values.region),
    ...(minMemory === undefined ? [] : [atLeast("memoryGiB", minMemory)]),
    ...(minCores === undefined ? [] : [atLeast("cores", minCores)]),
    ...values.require,
  ];
  if (attestedBy !== undefined && all.length === 0)
    throw new UsageError(
      "--attested-by says who has to attest what you ask for: give --region, --min-memory, --min-cores or --require, too.",
    );
  if (all.length > mostConstraints)
    throw new UsageError(
      `A deal may have ${mostConstraints} constraints; these options make ${all.length}. Name fewer.`,
    );
  return all.map((each) => constraintOf({ ...each, attester: each.attester ?? attestedBy }));
}

function places(chosen: readonly Place[]): Wanted[] {
  const countries = new Set(chosen.flatMap((each) => ("country" in each ? [each.country] : [])));
  const regions = new Set(chosen.flatMap((each) => ("region" in each ? [each.region] : [])));
  if (countries.size > 1 || (countries.size === 1 && regions.size > 0))
    throw new UsageError(
      "A node is in one country: give --region once with a country, or with regions only.",
    );
  const [country] = countries;
  if (country !== undefined) return [condition("country", "equal", parseAttributeValue("country", country))];
  const [only] = regions;
  if (regions.size === 1 && only !== undefined)
    return [condition("regionGroup", "equal", BigInt(regionGroups.indexOf(only)))];
  if (regions.size === 0) return [];
  return knownRegions
    .filter((name) => !regions.has(name))
    .map((name) => condition("regionGroup", "notEqual", BigInt(regionGroups.indexOf(name))));
}

function atLeast(attribute: string, value: number): Wanted {
  return condition(attribute, "atLeast", BigInt(value));
}

function condition(attribute: string, operator: OperatorName, value: bigint): Wanted {
  return { attribute, operator, value, attester: undefined };
}
