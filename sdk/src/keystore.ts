import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { computeAddress, decryptKeystoreJson, encryptKeystoreJson } from "ethers";
import type { Hex } from "viem";
import { MillraceError } from "./errors/MillraceError.ts";

export interface WriteKeystoreOptions {
  /** scrypt cost; the standard 131072 takes about a second, throw-away networks may take less */
  scryptN?: number | undefined;
}

/**
 * Encrypts a private key into a Web3 Secret Storage file that only its owner may read. Never overwrites.
 * @throws MillraceError `keystore-exists` if the file is there already
 */
export async function writeKeystore(
  path: string,
  privateKey: Hex,
  password: string,
  { scryptN = 131_072 }: WriteKeystoreOptions = {},
): Promise<void> {
  const address = computeAddress(privateKey);
  const json = await encryptKeystoreJson({ address, privateKey }, password, { scrypt: { N: scryptN } });
  await mkdir(dirname(path), { recursive: true });
  try {
    await writeFile(path, json, { mode: 0o600, flag: "wx" });
  } catch (cause) {
    if (codeOf(cause) !== "EEXIST") throw cause;
    throw new MillraceError({
      code: "keystore-exists",
      shortMessage: `There is a key in ${path} already.`,
      nextStep: "Choose another file, or move the old key away first.",
      cause,
    });
  }
}

/**
 * Decrypts a Web3 Secret Storage file.
 * @returns the private key
 * @throws MillraceError `keystore-missing`, `keystore-invalid` or `keystore-password-wrong`
 */
export async function readKeystore(path: string, password: string): Promise<Hex> {
  let json: string;
  try {
    json = await readFile(path, "utf8");
  } catch (cause) {
    throw new MillraceError({
      code: "keystore-missing",
      shortMessage: `The key file ${path} can't be read.`,
      details: cause instanceof Error ? cause.message : undefined,
      nextStep: "Create a wallet: millrace wallet new",
      cause,
    });
  }
  try {
    const { privateKey } = await decryptKeystoreJson(json, password);
    return toHex(privateKey);
  } catch (cause) {
    const wrongPassword = cause instanceof Error && cause.message.includes("incorrect password");
    throw new MillraceError({
      code: wrongPassword ? "keystore-password-wrong" : "keystore-invalid",
      shortMessage: wrongPassword
        ? `The password does not open ${path}.`
        : `${path} is not an encrypted key (Web3 Secret Storage).`,
      nextStep: wrongPassword
        ? "Try again with the password that the key was encrypted with."
        : "Name another file, or make a key: millrace wallet new",
      cause,
    });
  }
}

function toHex(privateKey: string): Hex {
  if (!privateKey.startsWith("0x")) throw new TypeError("A decrypted key must start with 0x.");
  return `0x${privateKey.slice(2)}`;
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}
