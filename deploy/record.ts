/** The deployment record: what every client of a network needs to know of it. */
import { mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";

/** Addresses, clock and start of a deployed network, as `deployments/<network>.json` holds it. */
export interface DeploymentRecord {
  readonly network: string;
  readonly chainId: number;
  /** Block of the first contract: an indexer starts here. */
  readonly deploymentBlock: number;
  /** Unix seconds at which epoch 0 began. */
  readonly genesis: number;
  /** Seconds. */
  readonly epochDuration: number;
  readonly contracts: {
    readonly mill: string;
    readonly parameters: string;
    readonly registry: string;
    readonly staking: string;
    readonly deals: string;
    readonly modules: string;
    readonly timelock: string;
    readonly governor: string;
    readonly votingPower: string;
  };
  readonly paymentTokens: readonly { symbol: string; address: string; decimals: number }[];
}

/** Writes the record as formatted JSON, making its folder if need be. */
export async function writeRecord(path: string, record: DeploymentRecord): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, `${JSON.stringify(record, null, 2)}\n`);
}
