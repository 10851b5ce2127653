import { stringToBytes } from "viem";
import { MillraceError } from "../errors/MillraceError.ts";

/** What a deal may have of secrets. */
export const secretLimits = {
  count: 64,
  /** one value, as UTF-8 */
  valueBytes: 32 * 1024,
  /** all names and values together: every call is given all of them */
  totalBytes: 256 * 1024,
  nameLength: 128,
  /** names that are remembered as removed, so that an old value does not come back */
  removed: 1000,
  /** how far ahead of a node's clock a version may be, in milliseconds */
  aheadMs: 10 * 60 * 1000,
} as const;

/** Variables that each call sets from its request (CGI), besides every `HTTP_…`. */
export const requestVariables: ReadonlySet<string> = new Set([
  ...["AUTH_TYPE", "CONTENT_LENGTH", "CONTENT_TYPE", "GATEWAY_INTERFACE", "PATH_INFO", "PATH_TRANSLATED"],
  ...["QUERY_STRING", "REMOTE_ADDR", "REMOTE_HOST", "REMOTE_IDENT", "REMOTE_USER", "REQUEST_ID"],
  ...["REQUEST_METHOD", "SCRIPT_NAME", "SERVER_NAME", "SERVER_PORT", "SERVER_PROTOCOL", "SERVER_SOFTWARE"],
]);

/**
 * Checks that a secret may have this name and value. No error ever quotes a value.
 * @throws MillraceError `secret-name-invalid`, `secret-name-reserved`, `secret-value-invalid` or `secret-too-large`
 */
export function checkSecret(name: string, value: string | null): void {
  if (!/^[A-Z_][A-Z0-9_]*$/.test(name) || name.length > secretLimits.nameLength) {
    throw refused(
      "secret-name-invalid",
      `${JSON.stringify(name.slice(0, secretLimits.nameLength))} cannot be the name of a secret.`,
      `Use A to Z, 0 to 9 and underscore, at most ${secretLimits.nameLength}, without a digit at the start.`,
    );
  }
  if (requestVariables.has(name) || name.startsWith("HTTP_")) {
    throw refused(
      "secret-name-reserved",
      `${name} is set from the request of each call, so no secret can have this name.`,
      "Choose another name.",
    );
  }
  if (value === null) return;
  if (value === "" || value.includes("\0") || !value.isWellFormed()) {
    throw refused(
      "secret-value-invalid",
      `The value of ${name} is empty or cannot be an environment variable.`,
      "Give text without zero bytes; encode binary values, for example in base64.",
    );
  }
  if (stringToBytes(value).length > secretLimits.valueBytes) {
    throw refused(
      "secret-too-large",
      `The value of ${name} is longer than ${secretLimits.valueBytes} bytes.`,
      "Store large data elsewhere, and the key to it as the secret.",
    );
  }
}

/**
 * Checks that all secrets of a deal together are within the limits; removed ones (null) do not count.
 * @throws MillraceError `secrets-too-many`
 */
export function checkSecretTotals(items: Iterable<{ name: string; value: string | null }>): void {
  let count = 0;
  let bytes = 0;
  for (const { name, value } of items) {
    if (value === null) continue;
    count += 1;
    bytes += name.length + stringToBytes(value).length;
  }
  if (count <= secretLimits.count && bytes <= secretLimits.totalBytes) return;
  throw refused(
    "secrets-too-many",
    `A deal may have ${secretLimits.count} secrets of ${secretLimits.totalBytes / 1024} KiB together; ` +
      `these are ${count} of ${Math.ceil(bytes / 1024)} KiB.`,
    "Remove what is not needed any more: millrace secret list <deal>, millrace secret remove <deal> <name>",
  );
}

function refused(code: string, shortMessage: string, nextStep: string): MillraceError {
  return new MillraceError({ code, shortMessage, nextStep });
}
