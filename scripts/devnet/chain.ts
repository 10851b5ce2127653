import { join } from "node:path";
import { createTestClient, http, publicActions, walletActions } from "viem";
import { hardhat } from "viem/chains";
import { type Launch, type Service, waitUntil } from "./service.ts";

const root = join(import.meta.dirname, "../..");

export interface ChainService extends Service {
  rpcUrl: string;
}

/** Starts a Hardhat node with a block every second and nothing on it. */
export async function startChain(
  launch: Launch,
  { port, logFile }: { port: number; logFile: string },
): Promise<ChainService> {
  const service = await launch({
    name: "chain",
    script: join(root, "node_modules/hardhat/dist/src/cli.js"),
    args: ["node", "--network", "devnet", "--hostname", "127.0.0.1", "--port", String(port)],
    cwd: root,
    logFile,
  });
  const rpcUrl = `http://127.0.0.1:${port}`;
  const client = testClient(rpcUrl);
  await waitUntil("Starting the chain", async () => (await client.getBlockNumber()) > 0n, {
    service,
    intervalMs: 50,
  });
  return { ...service, rpcUrl };
}

/** A client with the powers of a devnet: snapshots, time, mining. */
export function testClient(rpcUrl: string) {
  return createTestClient({
    chain: hardhat,
    mode: "hardhat",
    transport: http(rpcUrl),
    pollingInterval: 100,
    cacheTime: 0,
  })
    .extend(publicActions)
    .extend(walletActions);
}
