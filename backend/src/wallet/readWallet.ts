import { readFile } from "node:fs/promises";
import { MillraceError } from "@millrace/sdk";
import { readKeystore } from "@millrace/sdk/node";
import type { Hex } from "viem";
import type { Config } from "../config/config.ts";

/**
 * The key that matcher, keeper and scaler sign with; undefined if this process has none of these roles.
 * @throws MillraceError `config-invalid`, `keystore-password-wrong` and others that name the file
 */
export async function readWallet({ keystore, roles }: Config): Promise<Hex | undefined> {
  if (!(["matcher", "keeper", "scaler"] as const).some((role) => roles.has(role))) return undefined;
  if (keystore === undefined) {
    throw new MillraceError({
      code: "config-invalid",
      shortMessage: "The roles matcher, keeper and scaler send transactions, but no key is given.",
      nextStep: "Set KEYSTORE and KEYSTORE_PASSWORD_FILE, or ROLES=indexer,api.",
    });
  }
  let password: string;
  try {
    password = (await readFile(keystore.passwordFile, "utf8")).replace(/\r?\n$/, "");
  } catch (cause) {
    throw new MillraceError({
      code: "config-invalid",
      shortMessage: `The password file ${keystore.passwordFile} can't be read.`,
      nextStep: "Set KEYSTORE_PASSWORD_FILE to a file that holds the key's password.",
      cause,
    });
  }
  return readKeystore(keystore.file, password);
}
