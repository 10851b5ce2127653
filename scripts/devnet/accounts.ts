import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { writeKeystore } from "@millrace/sdk/node";
import { type Hex, toHex } from "viem";
import { mnemonicToAccount } from "viem/accounts";

/** Hardhat's public test phrase. Everybody knows these keys: they are worth nothing on any other chain. */
const phrase = "test test test test test test test test test test test junk";

export interface DevnetAccount {
  name: string;
  address: `0x${string}`;
  privateKey: Hex;
  keystore: string;
  passwordFile: string;
}

/** The accounts of a devnet by their place in the test phrase. */
export const accountNames = [
  "deployer",
  "developer",
  "provider1",
  "provider2",
  "provider3",
  "provider4",
  "backend",
  "treasury",
  "caller",
  "tokenHolder",
  "guardian",
] as const;
export type AccountName = (typeof accountNames)[number];

/** Derives the accounts and writes each as an encrypted keystore, so that the CLI uses them like any other wallet. */
export async function createAccounts(folder: string): Promise<Record<AccountName, DevnetAccount>> {
  await mkdir(folder, { recursive: true });
  const passwordFile = join(folder, "password");
  const password = "devnet";
  await writeFile(passwordFile, password, { mode: 0o600 });
  const accounts = await Promise.all(
    accountNames.map(async (name, addressIndex): Promise<DevnetAccount> => {
      const key = mnemonicToAccount(phrase, { addressIndex }).getHdKey().privateKey;
      if (key === null) throw new Error(`no private key for ${name}`);
      const privateKey = toHex(key);
      const keystore = join(folder, `${name}.json`);
      // A low cost, because these keys are public anyway and every command would wait for it.
      await writeKeystore(keystore, privateKey, password, { scryptN: 1024 });
      return {
        name,
        address: mnemonicToAccount(phrase, { addressIndex }).address,
        privateKey,
        keystore,
        passwordFile,
      };
    }),
  );
  return Object.fromEntries(accounts.map((account) => [account.name, account])) as Record<
    AccountName,
    DevnetAccount
  >;
}
