import { readFile } from "node:fs/promises";
import { MillraceError } from "@millrace/sdk";

/**
 * The keystore's password: the first line of `passwordFile`, or the environment's MILLRACE_KEYSTORE_PASSWORD.
 *
 * @throws MillraceError `password-missing`
 */
export async function readPassword(
  passwordFile: string | undefined,
  environment: Record<string, string | undefined>,
): Promise<string> {
  if (passwordFile !== undefined) {
    const text = await readFile(passwordFile, "utf8").catch((cause: unknown) => {
      throw new MillraceError({
        code: "password-missing",
        shortMessage: `The password file ${passwordFile} cannot be read.`,
        nextStep: "Create it (readable by this user alone) or correct passwordFile in node.json.",
        cause,
      });
    });
    return text.split(/\r?\n/, 1)[0] ?? "";
  }
  const password = environment["MILLRACE_KEYSTORE_PASSWORD"];
  if (password === undefined) {
    throw new MillraceError({
      code: "password-missing",
      shortMessage: "There is no password for the operator's keystore.",
      nextStep: "Set passwordFile in node.json or the environment variable MILLRACE_KEYSTORE_PASSWORD.",
    });
  }
  return password;
}
