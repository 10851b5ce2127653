import { failure, interrupted } from "../errors.ts";
import { readInput } from "../files.ts";

/** Where a password may come from, in this order: option, the key's own file, environment, prompt. */
export interface PasswordSources {
  /** The value of --password-file. */
  readonly optionFile: string | undefined;
  /** A file that belongs to the key itself (devnet accounts, a node's password file). */
  readonly keyFile: string | undefined;
  /** Name of the environment variable and its value. */
  readonly variable: { readonly name: string; readonly value: string | undefined };
  /** What the password opens, for the prompt and the error. */
  readonly of: string;
  /** True: a new password is being chosen, so the prompt asks twice. */
  readonly isNew?: boolean;
}

/**
 * Gets a password without ever showing it.
 * @throws MillraceError `password-missing` where nobody can be asked, `password-empty`, `password-differs`
 */
export async function getPassword(sources: PasswordSources): Promise<string> {
  const { optionFile, keyFile, variable, of, isNew = false } = sources;
  const file = optionFile ?? keyFile;
  if (file !== undefined) return notEmpty(firstLine(await readInput(file, "The password file")), of);
  if (variable.value !== undefined) return notEmpty(variable.value, of);
  if (!process.stdin.isTTY || !process.stderr.isTTY)
    throw failure("password-missing", `The password of ${of} is needed and nobody can be asked for it.`, {
      nextStep: `Set ${variable.name}, or give --password-file <path>.`,
    });
  const password = notEmpty(await ask(isNew ? `New password for ${of}` : `Password of ${of}`), of);
  if (isNew && (await ask("The same again")) !== password)
    throw failure("password-differs", "The two passwords differ; nothing was written.", {
      nextStep: "Run the command again.",
    });
  return password;
}

/** Asks on the terminal without echo; the question goes to stderr. */
export async function ask(message: string): Promise<string> {
  const { default: password } = await import("@inquirer/password");
  try {
    return await password({ message }, { output: process.stderr });
  } catch (error) {
    if (error instanceof Error && error.name === "ExitPromptError") throw interrupted(undefined);
    throw error;
  }
}

/** As the node daemon reads it. */
function firstLine(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes).split(/\r?\n/, 1)[0] ?? "";
}

function notEmpty(password: string, of: string): string {
  if (password === "")
    throw failure("password-empty", `The password of ${of} is empty.`, {
      nextStep: "Give one with --password-file, MILLRACE_PASSWORD or at the prompt.",
    });
  return password;
}
