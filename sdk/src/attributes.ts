import { hexToString, isHex, numberToHex, stringToHex, type ContractFunctionArgs, type Hex } from "viem";
import type { AttributesJson } from "./api/schemas/items.ts";
import { attributeNames, hardwareClasses, nameAt, regionGroups } from "./api/schemas/names.ts";
import { MillraceError } from "./errors/MillraceError.ts";
import type { registryAbi } from "./generated/registryAbi.ts";

/** A node's attributes as the contract takes them. */
export type Attributes = ContractFunctionArgs<typeof registryAbi, "nonpayable", "changeNode">[2];

/** Attributes in words: region group and hardware class by name, country as two letters. */
export function attributesToJson(attributes: Attributes): AttributesJson {
  const { regionGroup, country, hardwareClass, cores, memoryGiB, bandwidthMbps } = attributes;
  return {
    regionGroup: nameAt(regionGroups, regionGroup),
    country: country === 0 ? null : String.fromCharCode(country >> 8, country & 0xff),
    hardwareClass: nameAt(hardwareClasses, hardwareClass),
    cores,
    memoryGiB,
    bandwidthMbps,
  };
}

/**
 * The reverse of {@link attributesToJson}.
 * @throws MillraceError `country-invalid` unless the country is null or two capital letters
 */
export function attributesFromJson(json: AttributesJson): Attributes {
  return {
    ...json,
    regionGroup: regionGroups.indexOf(json.regionGroup),
    country: json.country === null ? 0 : encodeCountry(json.country),
    hardwareClass: hardwareClasses.indexOf(json.hardwareClass),
  };
}

/**
 * An attribute as the contracts name it, in 32 bytes: the number of a packed one, else its ASCII letters left-aligned.
 * @param name a packed one such as "cores", a name of up to 32 letters, digits, dots, underscores and dashes, or all 32
 * bytes in hexadecimal as {@link attributeName} gives those that no name has
 * @throws MillraceError `attribute-invalid`
 */
export function attributeId(name: string): Hex {
  const packed = attributeNames.findIndex((known) => known === name);
  if (packed >= 0) return numberToHex(packed, { size: 32 });
  if (isHex(name) && name.length === 66) return name;
  if (/^[A-Za-z0-9._-]{1,32}$/.test(name)) return stringToHex(name, { size: 32 });
  throw new MillraceError({
    code: "attribute-invalid",
    shortMessage: `"${name}" is no name of an attribute.`,
    nextStep: `Use ${attributeNames.join(", ")}, or 1 to 32 letters, digits, dots, underscores and dashes.`,
  });
}

/** The reverse of {@link attributeId}; an id that no name has stays as it is, in hexadecimal. */
export function attributeName(id: Hex): string {
  const number = BigInt(id);
  const packed = number < BigInt(attributeNames.length) ? attributeNames[Number(number)] : undefined;
  if (packed !== undefined) return packed;
  const name = id.replace(/^0x/, "").replace(/(00)+$/, "");
  const text = /^([2-7][0-9a-f])+$/i.test(name) ? hexToString(`0x${name}`) : "";
  // A further attribute may be called like a packed one, but it is another one.
  const isName = /^[A-Za-z0-9._-]{1,32}$/.test(text) && !attributeNames.some((known) => known === text);
  return isName ? text : id;
}

const uint64Max = 2n ** 64n - 1n;

/**
 * An attribute's value as the contracts count it.
 * @param name of the attribute
 * @param text a whole number; of the region group, hardware class and country also its name or two letters
 * @throws MillraceError `attribute-value-invalid`, `country-invalid`
 */
export function parseAttributeValue(name: string, text: string): bigint {
  if (/^[0-9]{1,20}$/.test(text) && BigInt(text) <= uint64Max) return BigInt(text);
  const words = wordsOf(name);
  const known = words.indexOf(text.toLowerCase());
  if (known > 0) return BigInt(known);
  if (name === "country") return BigInt(encodeCountry(text.toUpperCase()));
  const choice = words.length === 0 ? "" : `, or one of ${words.slice(1).join(", ")}`;
  throw new MillraceError({
    code: "attribute-value-invalid",
    shortMessage: `"${text}" is no value of ${name}.`,
    nextStep: `Give a whole number from 0 to ${uint64Max.toString()}${choice}.`,
  });
}

/** The reverse of {@link parseAttributeValue}: a value as a person reads it. */
export function formatAttributeValue(name: string, value: bigint): string {
  const letters = String.fromCharCode(Number(value >> 8n), Number(value & 0xffn));
  if (name === "country" && value <= 0xffffn && /^[A-Z]{2}$/.test(letters)) return letters;
  return (value === 0n ? undefined : wordsOf(name)[Number(value)]) ?? value.toString();
}

/** The names of a packed attribute's values by their numbers, the first of them unknown; none if it has no names. */
function wordsOf(name: string): readonly string[] {
  if (name === "regionGroup") return regionGroups;
  return name === "hardwareClass" ? hardwareClasses : [];
}

/**
 * A country as the contract stores it: its two letters' ASCII bytes.
 * @param letters ISO 3166-1 alpha-2, for example "DE"
 * @throws MillraceError `country-invalid`
 */
export function encodeCountry(letters: string): number {
  if (!/^[A-Z]{2}$/.test(letters)) {
    throw new MillraceError({
      code: "country-invalid",
      shortMessage: `"${letters}" is no country code.`,
      nextStep: "Use two capital letters as in ISO 3166-1, for example DE.",
    });
  }
  return (letters.charCodeAt(0) << 8) | letters.charCodeAt(1);
}
