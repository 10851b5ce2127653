import { dealsAbi, read, termsFromJson, type Chain, type Terms } from "@millrace/sdk";
import type { Address } from "viem";
import { deriveDeal } from "../store/deriveDeal.ts";
import { plain, type DealRow } from "../store/rows.ts";
import { inSnapshot } from "../store/snapshot.ts";
import type { Store } from "../store/store.ts";
import { presentTerms } from "../terms.ts";
import type { OpenWorker, ScaledDeal } from "./limits.ts";

/** A deal that a key may scale, as far as the index knows. */
export interface ScalableDeal {
  readonly id: number;
  readonly terms: Terms;
  readonly targetWorkers: number;
  /** first epoch in which the target can be changed again */
  readonly nextEpoch: number;
}

/** Deals that have an epoch to come and name this key as their scaler, by id. */
export function readScalable(store: Store, key: Address): Promise<ScalableDeal[]> {
  return inSnapshot(store, async (tx, { epoch }) => {
    const scalers = (await tx.scaler.findMany({ where: { key } })).map(plain);
    const nextEpochs = new Map(scalers.map(({ deal, nextEpoch }) => [deal, nextEpoch]));
    const ids = [...nextEpochs.keys()].map(BigInt);
    const rows = await tx.deal.findMany({ where: { id: { in: ids } }, orderBy: { id: "asc" } });
    return rows
      .map((row) => plain(row) as unknown as DealRow)
      .filter((row) => {
        const { status, endEpoch } = deriveDeal(row, epoch);
        return status !== "ended" && (endEpoch === null || epoch < endEpoch);
      })
      .map((row) => ({
        id: row.id,
        terms: termsFromJson(presentTerms(row.terms)),
        targetWorkers: row.targetWorkers,
        nextEpoch: nextEpochs.get(row.id) ?? 0,
      }));
  });
}

/** The deal's workers that have no end of their own. */
export function readOpenWorkers(store: Store, deal: number): Promise<OpenWorker[]> {
  return inSnapshot(store, async (tx) => {
    const rows = await tx.worker.findMany({
      where: { deal: BigInt(deal), released: false, lastEpoch: null },
      orderBy: { node: "asc" },
    });
    return rows
      .map(plain)
      .map(({ node, pricePerUnitEpoch, firstEpoch }) => ({ node, pricePerUnitEpoch, firstEpoch }));
  });
}

/** The deal and its scaler as the chain has them now, which the index may not know yet. */
export async function readScaled(
  chain: Chain,
  { id, terms }: ScalableDeal,
): Promise<ScaledDeal & { key: Address; nextEpoch: number; epoch: number }> {
  const contract = { address: chain.deployment.contracts.deals, abi: dealsAbi } as const;
  const args = [BigInt(id)] as const;
  const [{ deal }, [key, capPerEpoch, nextEpoch], epoch] = await Promise.all([
    read(chain, { ...contract, functionName: "getDeal", args }),
    read(chain, { ...contract, functionName: "getScaler", args }),
    read(chain, { ...contract, functionName: "currentEpoch", args: [] }),
  ]);
  const { targetWorkers, workers, balance, minFundedEpochs, endEpoch } = deal;
  const remaining = endEpoch === 0 ? minFundedEpochs : Math.max(0, endEpoch - epoch);
  const reservedEpochs = Math.min(minFundedEpochs, remaining);
  return {
    ...{ terms, targetWorkers, workers, balance, reservedEpochs, capPerEpoch },
    ...{ key, nextEpoch, epoch },
  };
}
