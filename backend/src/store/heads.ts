import { epochAt, type Deployment } from "@millrace/sdk";
import type { Prisma } from "./generated/client.ts";

/** Which chain state the tables show. */
export interface Heads {
  /** Newest block in the tables; 0 before the first one is indexed. */
  asOfBlock: number;
  /** Newest block that the indexer takes for final. */
  finalizedBlock: number;
  /** Epoch of `asOfBlock`'s timestamp. */
  epoch: number;
  /** Timestamp of `asOfBlock`, unix seconds. */
  timestamp: number;
}

/** Reads the cursor. All zero while nothing is indexed yet. */
export async function readHeads(
  db: Pick<Prisma.TransactionClient, "cursor">,
  deployment: Deployment,
): Promise<Heads> {
  const row = await db.cursor.findUnique({ where: { chain: BigInt(deployment.chainId) } });
  if (row === null) return { asOfBlock: 0, finalizedBlock: 0, epoch: 0, timestamp: 0 };
  const timestamp = Number(row.timestamp);
  return {
    asOfBlock: Number(row.blockNumber),
    finalizedBlock: Number(row.finalizedNumber),
    epoch: epochAt(deployment, timestamp),
    timestamp,
  };
}
