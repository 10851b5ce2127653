import {
  digestToCid,
  findPaymentToken,
  formatToken,
  MillraceError,
  readDeal,
  readWorkers,
  termsToJson,
  type ActiveWorker,
  type Chain,
  type DealState,
  type PaymentToken,
} from "@millrace/sdk";
import { endOfEpoch, formatDuration, formatFundedThrough, plural } from "../format.ts";
import { readNodeStatus } from "../node/remote.ts";
import { formatFields, formatTable, type Paint } from "../output.ts";
import { countRefusals, describeWaiting } from "./waiting.ts";

/** A worker and what its node says of the deal. */
export interface ReportedWorker extends ActiveWorker {
  /** fetching, warming, ready, failed, stopped; "unreachable" where the node does not answer */
  readonly state: string;
  readonly reason: string | undefined;
}

/** Everything about a deal that `deal show` tells. */
export interface DealReport {
  readonly deal: DealState;
  readonly token: PaymentToken | undefined;
  readonly cid: string;
  readonly workers: readonly ReportedWorker[];
  /** Why it has fewer workers than it wants; undefined if it has them all or has ended. */
  readonly waitingFor: string | undefined;
}

/** Reads a deal from the chain and asks its workers' nodes how they are. */
export async function readReport(chain: Chain, id: bigint): Promise<DealReport> {
  const deal = await readDeal(chain, id);
  const workers = await Promise.all((await readWorkers(chain, id)).map((worker) => askWorker(worker, id)));
  const missing = deal.targetWorkers - deal.workers;
  const isWaiting = missing > 0 && deal.status !== "ended" && deal.endEpoch === undefined;
  return {
    deal,
    token: findPaymentToken(chain.deployment, deal.terms.paymentToken),
    cid: digestToCid(deal.terms.moduleDigest),
    workers,
    waitingFor: isWaiting ? describeWaiting(await countRefusals(chain, id, deal.terms), missing) : undefined,
  };
}

/** What a worker's node says of the deal. */
export async function askWorker(worker: ActiveWorker, deal: bigint): Promise<ReportedWorker> {
  try {
    const { deals } = await readNodeStatus(worker.endpoint);
    const found = deals.find((each) => each.deal === String(deal));
    return { ...worker, state: found?.state ?? "unknown yet", reason: found?.reason };
  } catch (error) {
    if (error instanceof MillraceError) return { ...worker, state: "unreachable", reason: error.details };
    throw error;
  }
}

/** The report for `--json`. */
export function reportData({ deal, token, cid, workers, waitingFor }: DealReport, chain: Chain): object {
  const { terms, id, ...state } = deal;
  const end =
    deal.fundedThroughEpoch === undefined ? undefined : endOfEpoch(chain.deployment, deal.fundedThroughEpoch);
  return {
    deal: id,
    ...state,
    endEpoch: deal.endEpoch ?? null,
    insolventSince: deal.insolventSince ?? null,
    fundedThroughEpoch: deal.fundedThroughEpoch ?? null,
    fundedUntil: end ?? null,
    cid,
    token: token ?? { address: terms.paymentToken },
    waitingFor: waitingFor ?? null,
    workers: workers.map((worker) => ({
      ...worker,
      lastEpoch: worker.lastEpoch ?? null,
      reason: worker.reason ?? null,
    })),
    terms: termsToJson(terms),
  };
}

/** The report for a person. */
export function formatReport(report: DealReport, chain: Chain, paint: Paint): string {
  const { deal, token, cid, workers, waitingFor } = report;
  const money = (value: bigint) => formatToken(value, token);
  const epoch = `epoch of ${formatDuration(chain.deployment.epochDuration)}`;
  const paid =
    deal.fundedThroughEpoch === undefined
      ? "as long as nothing is charged"
      : formatFundedThrough(chain.deployment, deal.fundedThroughEpoch);
  const { unitsPerWorker, openToAll, priceLimit } = deal.terms;
  const fields = formatFields(
    [
      ["deal", `${deal.id}, ${describeStatus(report)}`],
      ["function", cid],
      ["owner", deal.owner],
      ["callers", openToAll ? "anyone" : "the owner, and callers with a permission"],
      ["costs", `${money(deal.ratePerEpoch)} an ${epoch}`],
      ["limit", `${money(priceLimit)} per unit and epoch`],
      ["holds", `${money(deal.balance)}, of which ${money(deal.withdrawable)} can be withdrawn`],
      [
        deal.status === "ended" ? "ended with" : "paid until",
        deal.status === "ended" ? `epoch ${deal.endEpoch}` : paid,
      ],
      ["workers", `${deal.workers} of ${deal.targetWorkers}, ${plural(unitsPerWorker, "unit")} each`],
      ["waiting", waitingFor],
    ],
    paint,
  );
  const rows = workers.map(({ node, provider, endpoint, pricePerUnitEpoch, firstEpoch, state, reason }) => [
    String(node),
    String(provider),
    endpoint,
    `${money(pricePerUnitEpoch)} per unit`,
    `epoch ${firstEpoch}`,
    reason === undefined ? state : `${state}: ${reason}`,
  ]);
  const header = ["node", "provider", "endpoint", "price", "earns from", "state"];
  const parts = [
    fields,
    ...(rows.length === 0 ? [] : [formatTable(header, rows, paint)]),
    `${paint.dim("next")}  ${nextStep(report)}`,
  ];
  return parts.join("\n\n");
}

function describeStatus({ deal, workers }: DealReport): string {
  switch (deal.status) {
    case "matching":
      return "matching: it has too few workers";
    case "active":
      return workers.some(({ state }) => state === "ready") ? "active" : "active, but no worker is ready";
    case "underfunded":
      return `underfunded: less than ${deal.minFundedEpochs} epochs are paid for`;
    case "insolvent":
      return `insolvent since epoch ${deal.insolventSince}: its workers pause until it is funded`;
    case "ended":
      return "ended";
  }
}

function nextStep({ deal }: DealReport): string {
  const id = String(deal.id);
  if (deal.status === "ended") return `millrace deal withdraw ${id}`;
  if (deal.status === "underfunded" || deal.status === "insolvent")
    return `millrace deal fund ${id} <amount>`;
  return deal.status === "matching" ? `millrace deal show ${id}` : `millrace deal call ${id} --body "…"`;
}
