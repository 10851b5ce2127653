import { readdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { MillraceError } from "@millrace/sdk";
import { readKeystore } from "@millrace/sdk/node";
import { getAddress, isHex, type Address, type Hex } from "viem";
import { failure } from "../errors.ts";
import { homeFolder, isMissing, readJson } from "../files.ts";
import type { Network } from "../network.ts";
import { getPassword } from "./password.ts";

/** An encrypted key that commands can sign with. */
export interface Wallet {
  readonly name: string;
  readonly address: Address;
  readonly keystore: string;
  readonly passwordFile: string | undefined;
  /** "own": in the person's folder; "network": made by a devnet; "file": named by its path. */
  readonly source: "own" | "network" | "file";
}

/** A file among the person's own wallets that is none. */
export interface BrokenWallet {
  readonly name: string;
  readonly keystore: string;
  /** What is wrong with it, and what to do. */
  readonly error: MillraceError;
}

/** The folder of the person's own wallets. */
export function walletsFolder(env: NodeJS.ProcessEnv): string {
  return join(homeFolder(env), "wallets");
}

/** The file of an own wallet. */
export function walletFile(env: NodeJS.ProcessEnv, name: string): string {
  return join(walletsFolder(env), `${name}.json`);
}

/**
 * Checks that a new wallet may have this name.
 * @throws MillraceError `wallet-exists`
 */
export async function requireFreeName(
  name: string,
  env: NodeJS.ProcessEnv,
  networkIfAny: () => Promise<Network | undefined>,
): Promise<void> {
  const { wallets, broken } = await listWallets(env, await networkIfAny());
  const taken = wallets.find((wallet) => wallet.name === name);
  const isBroken = broken.some((wallet) => wallet.name === name);
  if (taken === undefined && !isBroken) return;
  const whose = taken?.address ?? `${walletFile(env, name)}, which is broken`;
  throw failure("wallet-exists", `There is a wallet "${name}" already: ${whose}`, {
    nextStep: "Choose another name; see millrace wallet list.",
  });
}

/** All wallets: the network's accounts (if a network is known), then the own ones by name; and what of these is broken. */
export async function listWallets(
  env: NodeJS.ProcessEnv,
  network: Network | undefined,
): Promise<{ wallets: Wallet[]; broken: BrokenWallet[] }> {
  const wallets = networkWallets(network);
  const taken = new Set(wallets.map(({ name }) => name));
  const broken: BrokenWallet[] = [];
  for (const name of (await ownNames(env)).filter((each) => !taken.has(each))) {
    const keystore = walletFile(env, name);
    try {
      wallets.push(await readWallet(keystore, name, "own"));
    } catch (error) {
      if (!(error instanceof MillraceError)) throw error;
      broken.push({ name, keystore, error });
    }
  }
  return { wallets, broken };
}

function networkWallets(network: Network | undefined): Wallet[] {
  return (network?.accounts ?? []).map(({ name, address, keystore, passwordFile }) => ({
    ...{ name, address: getAddress(address), keystore, passwordFile },
    source: "network",
  }));
}

async function ownNames(env: NodeJS.ProcessEnv): Promise<string[]> {
  try {
    const files = await readdir(walletsFolder(env));
    return files
      .filter((file) => /^[^.].*\.json$/.test(file))
      .map((file) => basename(file, ".json"))
      .sort();
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

async function readWallet(keystore: string, name: string, source: Wallet["source"]): Promise<Wallet> {
  const content = await readJson(keystore, "The wallet");
  const stated =
    typeof content === "object" && content !== null && "address" in content ? content.address : "";
  const address = typeof stated === "string" ? (stated.startsWith("0x") ? stated : `0x${stated}`) : "";
  if (!isHex(address) || address.length !== 42)
    throw failure("keystore-invalid", `${keystore} is not an encrypted key (Web3 Secret Storage).`, {
      nextStep: "Move the file away, or import the key again: millrace wallet import <name>",
    });
  return { name, address: getAddress(address), keystore, passwordFile: undefined, source };
}

/** What decides which wallet a command uses. */
export interface WalletChoice {
  /** The value of --wallet: a name or a keystore file. */
  readonly chosen: string | undefined;
  /** The devnet account a command takes by itself. */
  readonly preferred: string;
  readonly env: NodeJS.ProcessEnv;
  readonly network: Network | undefined;
}

/**
 * Finds the wallet: --wallet, MILLRACE_WALLET, the devnet account that fits the command, or the only own wallet.
 * @throws MillraceError `wallet-missing` or `wallet-unclear`
 */
export async function findWallet({ chosen, preferred, env, network }: WalletChoice): Promise<Wallet> {
  const name = chosen ?? (env["MILLRACE_WALLET"] ? env["MILLRACE_WALLET"] : undefined);
  if (name !== undefined && (name.includes("/") || name.endsWith(".json")))
    return readWallet(name, basename(name, ".json"), "file");
  const accounts = networkWallets(network);
  const wanted = accounts.find((account) => account.name === (name ?? preferred));
  if (wanted !== undefined) return wanted;
  // Only the file that is meant is read: another that is broken is no reason to fail.
  const own = await ownNames(env);
  if (name !== undefined && own.includes(name)) return readWallet(walletFile(env, name), name, "own");
  const names = [...new Set([...accounts.map((account) => account.name), ...own])].join(", ");
  if (name !== undefined)
    throw failure("wallet-missing", `There is no wallet "${name}".`, {
      details: names === "" ? "There is none at all." : `There are: ${names}.`,
      nextStep: name.startsWith("0x")
        ? "Name a wallet; an address is 0x and 40 hexadecimal digits, and signs nothing."
        : `${names === "" ? "" : "Name one of these, or make it: "}millrace wallet new ${name}`,
    });
  const { wallets, broken } = await listWallets(env, network);
  const [only, another] = [...wallets, ...broken];
  if (only !== undefined && another === undefined) {
    if ("error" in only) throw only.error;
    return only;
  }
  throw only === undefined
    ? failure("wallet-missing", "There is no wallet yet.", { nextStep: "millrace wallet new" })
    : failure("wallet-unclear", "There is more than one wallet and none was chosen.", {
        details: `There are: ${names}.`,
        nextStep: "Choose one with --wallet <name> or MILLRACE_WALLET.",
      });
}

/**
 * Decrypts a wallet.
 * @returns its private key
 */
export async function openWallet(
  wallet: Wallet,
  optionFile: string | undefined,
  env: NodeJS.ProcessEnv,
): Promise<Hex> {
  const password = await getPassword({
    optionFile,
    keyFile: wallet.passwordFile,
    variable: { name: "MILLRACE_PASSWORD", value: env["MILLRACE_PASSWORD"] },
    of: `wallet ${wallet.name}`,
  });
  return readKeystore(wallet.keystore, password);
}
