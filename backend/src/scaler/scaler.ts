import { setTarget, type Chain } from "@millrace/sdk";
import type { Logger } from "pino";
import { isAddressEqual } from "viem";
import { createAttempts, type Outcome } from "../attempts.ts";
import type { Metrics } from "../metrics/metrics.ts";
import { readHeads } from "../store/heads.ts";
import type { Store } from "../store/store.ts";
import { createDemand, type Demand, type DemandRules } from "./demand.ts";
import { bounds, lowerTo, raiseWithin } from "./limits.ts";
import type { GatewayLoads } from "./loads.ts";
import { readOpenWorkers, readScalable, readScaled, type ScalableDeal } from "./reads.ts";

/** Changes how many workers deals want with their load. */
export interface Scaler {
  /** Looks at the load of every deal whose scaler is the wallet; transactions go on in the background. */
  step: () => Promise<void>;
  /** What keeps it from doing anything. */
  trouble: () => string | undefined;
  /** Resolves when no change is under way. */
  idle: () => Promise<void>;
}

export interface ScalerParameters {
  readonly store: Store;
  /** Rejects while the RPC end can't be reached. */
  readonly chain: () => Promise<Chain>;
  readonly loads: () => Promise<GatewayLoads>;
  readonly rules: DemandRules;
  readonly metrics: Metrics;
  readonly log: Logger;
  /** milliseconds of a clock that only goes forward */
  readonly now?: () => number;
}

/** Creates the scaler. Its right is the wallet's, deal by deal, as the owners gave it. */
export function createScaler(parameters: ScalerParameters): Scaler {
  const {
    store,
    chain: connected,
    loads: readLoads,
    rules,
    metrics,
    log,
    now = () => performance.now(),
  } = parameters;
  const attempts = createAttempts({ log });
  const demands = new Map<number, Demand>();
  const foreign = new Map<number, Demand>();
  const tell = createOnce();

  async function change(deal: ScalableDeal, wanted: number): Promise<Outcome> {
    const changed = await scale({ chain: await connected(), store, deal, wanted, log, tell });
    // Seen anew whatever came of it: with another target, or after as long again.
    demands.delete(deal.id);
    if (changed === undefined) return "waiting";
    metrics.scalerChanges.inc({ direction: changed });
    return "done";
  }

  return {
    async step() {
      const { account } = await connected();
      if (account === undefined) return;
      const [{ asOfBlock, epoch }, { loads, silent }, deals] = await Promise.all([
        readHeads(store.prisma, store.deployment),
        readLoads(),
        readScalable(store, account.address),
      ]);
      metrics.scaledDeals.set(deals.length);
      if (deals.length === 0)
        tell("none", () =>
          log.info(
            { wallet: account.address },
            `no deal names this wallet as its scaler; an owner does it with: millrace deal scaler <deal> set --key ${account.address} --workers <n>`,
          ),
        );
      tell.when("silent", silent.length > 0, () =>
        log.warn(
          { gateways: silent },
          "gateways don't say how loaded they are; nothing is lowered until they do",
        ),
      );
      const ids = new Set(deals.map(({ id }) => id));
      forget(demands, ids);
      attempts.keep(new Set([...ids].map(String)));
      for (const deal of deals) {
        const atLeast = loads.get(deal.id) ?? 0;
        const load = silent.length === 0 ? atLeast : undefined;
        const wanted = demandOf(demands, deal.id, rules).look({
          ...{ nowMs: now(), load, atLeast, targetWorkers: deal.targetWorkers },
        });
        if (wanted === undefined || epoch < deal.nextEpoch) continue;
        attempts.start(String(deal.id), asOfBlock, () => change(deal, wanted));
      }
      const loaded = [...loads].filter(([id, calls]) => !ids.has(id) && calls >= rules.upCalls);
      forget(foreign, new Set(loaded.map(([id]) => id)));
      for (const [id, calls] of loaded) await watchForeign(id, calls, account.address);
    },
    trouble: attempts.trouble,
    idle: attempts.idle,
  };

  /** A deal that others may scale, or nobody: says once that its load would ask for it. */
  async function watchForeign(id: number, atLeast: number, wallet: string): Promise<void> {
    const row = await store.prisma.deal.findUnique({
      where: { id: BigInt(id) },
      select: { targetWorkers: true },
    });
    if (row === null) return;
    const sample = { nowMs: now(), load: undefined, atLeast, targetWorkers: row.targetWorkers };
    if (demandOf(foreign, id, rules).look(sample) === undefined) return;
    tell(`foreign ${id}`, () =>
      log.info(
        { deal: id, calls: atLeast, targetWorkers: row.targetWorkers },
        `the deal is loaded, but this wallet is not its scaler; its owner can name it with: millrace deal scaler ${id} set --key ${wallet} --workers <n>`,
      ),
    );
  }
}

function demandOf(demands: Map<number, Demand>, id: number, rules: DemandRules): Demand {
  const demand = demands.get(id) ?? createDemand(rules);
  demands.set(id, demand);
  return demand;
}

function forget(demands: Map<number, unknown>, keep: ReadonlySet<number>): void {
  for (const id of demands.keys()) if (!keep.has(id)) demands.delete(id);
}

interface ScaleParameters {
  readonly chain: Chain;
  readonly store: Store;
  readonly deal: ScalableDeal;
  /** workers that the load asks for */
  readonly wanted: number;
  readonly log: Logger;
  readonly tell: Once;
}

/** Changes the target as far as the chain's own state allows it. @returns undefined if nothing was changed */
async function scale({
  chain,
  store,
  deal,
  wanted,
  log,
  tell,
}: ScaleParameters): Promise<"raised" | "lowered" | undefined> {
  const seen = await readScaled(chain, deal);
  const { id, terms } = deal;
  const isOurs = chain.account !== undefined && isAddressEqual(seen.key, chain.account.address);
  // The load was measured against another target, or the right is gone, or it was used: the index tells soon.
  if (!isOurs || seen.targetWorkers !== deal.targetWorkers || seen.epoch < seen.nextEpoch) return undefined;
  if (wanted > seen.targetWorkers) {
    const { target, bound } = raiseWithin(seen, wanted);
    for (const each of bounds)
      tell.when(`${id} ${each}`, bound === each, () =>
        log.warn(
          { deal: id, wanted, target, bound },
          `the load asks for more workers than the deal's ${each} allows`,
        ),
      );
    if (target === seen.targetWorkers) return undefined;
    const { receipt } = await setTarget(chain, { deal: BigInt(id), terms, targetWorkers: target });
    log.info(
      { deal: id, from: seen.targetWorkers, to: target, txHash: receipt.transactionHash },
      "target raised",
    );
    return "raised";
  }
  const workers = await readOpenWorkers(store, id);
  if (workers.length !== seen.workers) return undefined; // the index is behind
  const { target, dismissed } = lowerTo(workers, { wanted, minWorkers: terms.minWorkers, epoch: seen.epoch });
  if (target >= seen.targetWorkers) return undefined;
  const { receipt } = await setTarget(chain, { deal: BigInt(id), terms, targetWorkers: target, dismissed });
  const txHash = receipt.transactionHash;
  log.info({ deal: id, from: seen.targetWorkers, to: target, dismissed, txHash }, "target lowered");
  return "lowered";
}

/** Says things once. */
interface Once {
  (key: string, say: () => void): void;
  /** Says it again once it was over in between. */
  when: (key: string, holds: boolean, say: () => void) => void;
}

function createOnce(): Once {
  const said = new Set<string>();
  const once = (key: string, say: () => void) => {
    if (said.has(key)) return;
    said.add(key);
    say();
  };
  const when = (key: string, holds: boolean, say: () => void) => {
    if (holds) once(key, say);
    else said.delete(key);
  };
  return Object.assign(once, { when });
}
