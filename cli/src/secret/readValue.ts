import type { Context } from "../context.ts";
import { failure, UsageError } from "../errors.ts";
import { readInput } from "../files.ts";
import { ask } from "../wallet/password.ts";

/** Where a secret's value may come from. */
export interface ValueSources {
  name: string;
  /** behind NAME= on the command line */
  typed: string | undefined;
  /** of --value-file */
  file: string | undefined;
}

/**
 * Gets a secret's value without ever showing it.
 * @throws UsageError for two sources; MillraceError `file-unreadable`, `secret-value-missing`, `interrupted`
 */
export async function readSecretValue(
  context: Context,
  { name, typed, file }: ValueSources,
): Promise<string> {
  if (typed !== undefined && file !== undefined)
    throw new UsageError("Give the value behind NAME= or by --value-file, not both.");
  if (typed !== undefined) return notEmpty(typed, name);
  if (file !== undefined && file !== "-")
    return notEmpty(toText(await readInput(context.path(file), "The value's file"), name), name);
  if (file === undefined && process.stdin.isTTY && process.stderr.isTTY)
    return notEmpty(await ask(`Value of ${name}`), name);
  const chunks: Uint8Array[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Uint8Array);
  return notEmpty(toText(Buffer.concat(chunks), name), name);
}

function toText(bytes: Uint8Array, name: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes).replace(/\r?\n$/, "");
  } catch {
    throw failure("secret-value-invalid", `The value of ${name} is not text in UTF-8.`, {
      nextStep: "Encode binary values, for example in base64.",
    });
  }
}

function notEmpty(value: string, name: string): string {
  if (value !== "") return value;
  throw failure("secret-value-missing", `No value for ${name} was given.`, {
    nextStep: "Type it at the prompt, pipe it in, or give --value-file <path>.",
  });
}
