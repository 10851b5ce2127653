import {
  attributesToJson,
  dateEvents,
  explainWaiting,
  findPaymentToken,
  read,
  readDeal,
  readDealHistory,
  readScaler,
  readServingWorkers,
  readTip,
  registryAbi,
  termsToJson,
  type AttributesJson,
  type Chain,
  type DatedDealEvent,
  type DealState,
  type PaymentToken,
  type Scaler,
  type ServingWorker,
  type Tip,
} from "@millrace/sdk";
import { endOfEpoch } from "../format.ts";
import { readVersions, type Versions } from "./versions.ts";

const secondsPerDay = 86_400n;

/** A worker and where its node is. */
export interface ReportedWorker extends ServingWorker {
  readonly attributes: AttributesJson;
  /** What is held for those who found it. */
  readonly tip: Tip;
}

/** Everything about a deal that `deal show` tells. */
export interface DealReport {
  readonly deal: DealState;
  readonly token: PaymentToken | undefined;
  readonly modules: Versions;
  readonly workers: readonly ReportedWorker[];
  /** Who may change the number of workers beside the owner; undefined if nobody does. */
  readonly scaler: Scaler | undefined;
  /** Smallest units of the token a day, at the present rate. */
  readonly ratePerDay: bigint;
  /** Why it has fewer workers than it wants; undefined if it has them all or has ended. */
  readonly waitingFor: string | undefined;
  /** The newest events that are not routine, oldest first. */
  readonly history: readonly DatedDealEvent[];
  /** Older ones that are not in `history`. */
  readonly olderEvents: number;
}

/** Reads a deal from the chain and asks its workers' nodes how they are. */
export async function readReport(
  chain: Chain,
  id: bigint,
  { events }: { events: number },
): Promise<DealReport> {
  const deal = await readDeal(chain, id);
  const [workers, waiting, happened, modules, scaler] = await Promise.all([
    readServingWorkers(chain, id),
    explainWaiting(chain, id, deal.terms),
    readDealHistory(chain, id),
    readVersions(chain, id),
    readScaler(chain, id),
  ]);
  const telling = happened.filter(({ routine }) => !routine);
  const shown = events === 0 ? [] : telling.slice(-events);
  const token = findPaymentToken(chain.deployment, deal.terms.paymentToken);
  return {
    deal,
    token,
    modules,
    scaler,
    workers: await Promise.all(
      workers.map(async (worker) => ({
        ...worker,
        attributes: await readAttributes(chain, worker.node),
        tip: await readTip(chain, { deal: id, node: worker.node }),
      })),
    ),
    ratePerDay: (deal.ratePerEpoch * secondsPerDay) / BigInt(chain.deployment.epochDuration),
    waitingFor: waiting?.sentence,
    history: await dateEvents(chain, shown),
    olderEvents: telling.length - shown.length,
  };
}

async function readAttributes(chain: Chain, node: number): Promise<AttributesJson> {
  const { attributes } = await read(chain, {
    ...{ address: chain.deployment.contracts.registry, abi: registryAbi },
    functionName: "getNode",
    args: [node],
  });
  return attributesToJson(attributes);
}

/** The report for `--json`. */
export function reportData(report: DealReport, chain: Chain): object {
  const { deal, token, modules, scaler, workers, waitingFor, ratePerDay, history } = report;
  const { terms, id, ...state } = deal;
  const through = deal.fundedThroughEpoch;
  const end = through === undefined ? undefined : endOfEpoch(chain.deployment, through);
  return {
    deal: id,
    ...state,
    endEpoch: deal.endEpoch ?? null,
    insolventSince: deal.insolventSince ?? null,
    fundedThroughEpoch: through ?? null,
    fundedUntil: end ?? null,
    ratePerDay,
    cid: modules.present.cid,
    functionCommitment: modules.present.functionCommitment,
    modules: { ...modules, next: modules.next ?? null },
    token: token ?? { address: terms.paymentToken },
    scaler: scaler ?? null,
    waitingFor: waitingFor ?? null,
    workers: workers.map((worker) => ({
      ...worker,
      lastEpoch: worker.lastEpoch ?? null,
      reason: worker.reason ?? null,
      use: worker.use ?? null,
    })),
    history: history.map((event) => ({
      ...event,
      node: event.node ?? null,
      provider: event.provider ?? null,
    })),
    terms: termsToJson(terms),
  };
}
