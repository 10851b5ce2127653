import {
  createPublicClient,
  defineChain,
  http,
  isHex,
  size,
  type Hex,
  type HttpTransport,
  type LocalAccount,
  type PublicClient,
  type Chain as ViemChain,
} from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { decodeRevert } from "../errors/decodeRevert.ts";
import { MillraceError } from "../errors/MillraceError.ts";
import type { Chain } from "./chain.ts";
import type { Deployment } from "./deployment.ts";
import { createOutbox } from "./outbox.ts";

export interface ConnectParameters {
  rpcUrl: string;
  deployment: Deployment;
  /** signs transactions and messages; without a key the connection only reads */
  privateKey?: Hex | undefined;
  /** how often a transaction's receipt is asked for, in milliseconds; default 250 (blocks of a second) */
  pollingIntervalMs?: number | undefined;
  /** how long one RPC request may take, in milliseconds; default 10,000 */
  timeoutMs?: number | undefined;
}

/**
 * Connects to a chain, and checks that it is the deployment's chain and that the contracts are there.
 * @throws MillraceError `rpc-unreachable`, `wrong-chain`, `contracts-missing` or `private-key-invalid`
 */
export async function connect(parameters: ConnectParameters): Promise<Chain> {
  const { rpcUrl, deployment, privateKey, pollingIntervalMs = 250, timeoutMs = 10_000 } = parameters;
  const account = privateKey === undefined ? undefined : toAccount(privateKey);
  const publicClient = createPublicClient({
    chain: defineChain({
      id: deployment.chainId,
      name: deployment.network,
      nativeCurrency: { name: "Ether", symbol: "ETH", decimals: 18 },
      rpcUrls: { default: { http: [rpcUrl] } },
    }),
    transport: http(rpcUrl, { timeout: timeoutMs, retryCount: 2, retryDelay: 100 }),
    pollingInterval: pollingIntervalMs,
    // A cached block number would make a receipt or an epoch look older than it is.
    cacheTime: 0,
  });
  await checkChain(publicClient, deployment, rpcUrl);
  const chain = { chainId: deployment.chainId, deployment, publicClient, account, pollingIntervalMs };
  return { ...chain, outbox: createOutbox(chain) };
}

async function checkChain(
  publicClient: PublicClient<HttpTransport, ViemChain>,
  deployment: Deployment,
  rpcUrl: string,
): Promise<void> {
  const { registry, staking, deals, parameters } = deployment.contracts;
  const addresses = [registry, staking, deals, parameters];
  let chainId: number;
  let codes: (Hex | undefined)[];
  try {
    chainId = await publicClient.getChainId();
    codes = await Promise.all(addresses.map((address) => publicClient.getCode({ address })));
  } catch (cause) {
    throw decodeRevert(cause, { deployment });
  }
  if (chainId !== deployment.chainId) {
    throw new MillraceError({
      code: "wrong-chain",
      shortMessage: `${rpcUrl} is chain ${chainId}, but the deployment "${deployment.network}" is on chain ${deployment.chainId}.`,
      nextStep: "Use an RPC URL of that chain, or the deployment record of this one.",
    });
  }
  const missing = addresses.filter((_, index) => (codes[index] ?? "0x") === "0x");
  if (missing.length > 0) {
    throw new MillraceError({
      code: "contracts-missing",
      shortMessage: `The chain at ${rpcUrl} has no contract at ${missing.join(", ")}.`,
      nextStep:
        "The deployment record belongs to another chain, or to a devnet that was started anew since. Use the record of this one.",
    });
  }
}

function toAccount(privateKey: Hex): LocalAccount {
  if (isHex(privateKey) && size(privateKey) === 32) {
    try {
      return privateKeyToAccount(privateKey);
    } catch {
      // Zero, or above the curve's order.
    }
  }
  throw new MillraceError({
    code: "private-key-invalid",
    shortMessage: "The private key is not 32 bytes in hexadecimal.",
    nextStep: "Give 0x and 64 hexadecimal digits, or use a keystore: millrace wallet new",
  });
}
