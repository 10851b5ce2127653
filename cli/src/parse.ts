import { InvalidArgumentError } from "commander";
import { getAddress, hexToBytes, isAddress, type Address } from "viem";

/** Any text. */
export const text = (value: string): string => value;

/** A whole number within bounds, both included. */
export function integer(minimum: number, maximum: number): (value: string) => number {
  return (value) => {
    const number = Number(value);
    if (!/^\d+$/.test(value) || number < minimum || number > maximum)
      throw new InvalidArgumentError(`Give a whole number from ${minimum} to ${maximum}.`);
    return number;
  };
}

/** The id of a deal. */
export function dealId(value: string): bigint {
  if (!/^[1-9]\d{0,18}$/.test(value)) throw new InvalidArgumentError("A deal's id is a whole number from 1.");
  return BigInt(value);
}

/** A number of units of fuel. */
export function units(value: string): bigint {
  if (!/^\d{1,18}$/.test(value)) throw new InvalidArgumentError("Give a whole number of units of fuel.");
  return BigInt(value);
}

/** The id of a node or a provider (uint32). */
export function smallId(value: string): number {
  const id = Number(value);
  if (!/^[1-9]\d*$/.test(value) || id > 0xffff_ffff)
    throw new InvalidArgumentError("An id is a whole number from 1.");
  return id;
}

/** An amount in token units as typed; the token's decimals are applied when the token is known. */
export function amount(value: string): string {
  if (!/^\d+(\.\d+)?$/.test(value))
    throw new InvalidArgumentError('Give an amount in token units, for example "0.5".');
  return value;
}

/** A percentage from 0 to 100 with at most two decimals, in basis points. */
export function percent(value: string): number {
  const number = Number(value);
  if (!/^\d{1,3}(\.\d{1,2})?$/.test(value) || number > 100)
    throw new InvalidArgumentError("Give a percentage from 0 to 100 with at most two decimals.");
  return Math.round(number * 100);
}

/** An account's address, checksummed. */
export function address(value: string): Address {
  if (!isAddress(value, { strict: false }))
    throw new InvalidArgumentError("An address is 0x and 40 hexadecimal digits.");
  if (value !== value.toLowerCase() && !isAddress(value))
    throw new InvalidArgumentError("The address's checksum is wrong: a character was mistyped.");
  return getAddress(value);
}

/** A moment as ISO 8601 or in milliseconds since 1970, from then on; in milliseconds since 1970. */
export function moment(value: string): number {
  const time = /^\d{5,}$/.test(value) ? Number(value) : Date.parse(value);
  if (!Number.isSafeInteger(time) || time < 0)
    throw new InvalidArgumentError("Give a time from 1970 on, for example 2026-01-01T00:00:00Z.");
  return time;
}

/** 32 bytes in hexadecimal, with or without 0x. */
export function bytes32(value: string): Uint8Array {
  const digits = value.replace(/^0x/, "");
  if (!/^[0-9a-fA-F]{64}$/.test(digits))
    throw new InvalidArgumentError("Give 32 bytes as 64 hexadecimal digits.");
  return hexToBytes(`0x${digits}`);
}

/** An http or https URL without a trailing slash. */
export function httpUrl(value: string): string {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url === undefined || !["http:", "https:"].includes(url.protocol))
    throw new InvalidArgumentError("Give a URL that begins with http:// or https://.");
  return value.replace(/\/+$/, "");
}

/** A name that is also a file name: wallets, functions. */
export function plainName(value: string): string {
  if (!/^[a-z0-9][a-z0-9._-]{0,62}$/i.test(value))
    throw new InvalidArgumentError("Use letters, digits, dot, dash and underscore, at most 63.");
  return value;
}

/** One of a fixed list of words. */
export function oneOf<T extends string>(words: readonly T[]): (value: string) => T {
  return (value) => {
    const word = words.find((candidate) => candidate === value.toLowerCase());
    if (word === undefined) throw new InvalidArgumentError(`Choose from: ${words.join(", ")}.`);
    return word;
  };
}

const httpMethods = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"] as const;
/** An HTTP method that a call may have. */
export type HttpMethod = (typeof httpMethods)[number];

/** An HTTP method in any case. */
export function httpMethod(value: string): HttpMethod {
  const method = httpMethods.find((each) => each === value.toUpperCase());
  if (method === undefined) throw new InvalidArgumentError(`Choose from: ${httpMethods.join(", ")}.`);
  return method;
}

/** `name: value` as in curl. */
export function header(value: string): readonly [string, string] {
  const match = /^([!#$%&'*+.^_`|~\w-]+):\s*(.*)$/.exec(value);
  if (match?.[1] === undefined || match[2] === undefined)
    throw new InvalidArgumentError('Write a header as "name: value".');
  return [match[1].toLowerCase(), match[2]];
}

/** ISO 3166-1 alpha-2 country code, upper case. */
export function country(value: string): string {
  if (!/^[a-z]{2}$/i.test(value))
    throw new InvalidArgumentError("Give the two letters of ISO 3166, for example DE.");
  return value.toUpperCase();
}
