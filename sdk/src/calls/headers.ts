import Value from "typebox/value";
import type { Static, TSchema } from "typebox";

/** The names of the HTTP headers between callers and nodes. */
export const callHeaders = {
  permission: "millrace-permission",
  caller: "millrace-caller",
  node: "millrace-node",
  requestId: "millrace-request-id",
  durationMs: "millrace-duration-ms",
  fuelLimit: "millrace-fuel-limit",
  fuelUsed: "millrace-fuel-used",
  /** How the call ended, where the function ran: `ok` marks an answer of the function, with the status that it chose. */
  outcome: "millrace-outcome",
} as const;

const maxHeaderLength = 4096;

/** JSON in base64url, so that it is a header value. */
export function encodeHeader(value: unknown): string {
  const bytes = new TextEncoder().encode(JSON.stringify(value));
  const binary = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** The value of a header if it has the schema's shape, else undefined. Never throws, whatever the header is. */
export function decodeHeader<T extends TSchema>(schema: T, header: string): Static<T> | undefined {
  if (header.length > maxHeaderLength || !/^[A-Za-z0-9_-]+$/.test(header)) return undefined;
  try {
    const binary = atob(header.replaceAll("-", "+").replaceAll("_", "/"));
    const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
    const value: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    return Value.Check(schema, value) ? value : undefined;
  } catch {
    return undefined;
  }
}
