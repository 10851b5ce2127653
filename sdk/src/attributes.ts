import type { ContractFunctionArgs } from "viem";
import type { AttributesJson } from "./api/schemas/items.ts";
import { hardwareClasses, nameAt, regionGroups } from "./api/schemas/names.ts";
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
