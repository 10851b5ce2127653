import { formatToken, type Chain } from "@millrace/sdk";
import { formatCount, formatDuration, formatFundedThrough, formatTime, plural } from "../format.ts";
import { formatFields, formatTable, type Paint } from "../output.ts";
import type { DealReport, ReportedWorker } from "./report.ts";
import { describeCommitment } from "./versions.ts";

/** The report for a person. */
export function formatReport(report: DealReport, chain: Chain, paint: Paint): string {
  const money = (value: bigint) => formatToken(value, report.token);
  const parts = [
    formatFields(fieldsOf(report, chain, money), paint),
    ...(report.workers.length === 0 ? [] : [formatWorkers(report.workers, money, paint)]),
    ...(report.history.length === 0 ? [] : [formatHistory(report, paint)]),
    `${paint.dim("next")}  ${nextStep(report)}`,
  ];
  return parts.join("\n\n");
}

function fieldsOf(
  report: DealReport,
  { deployment }: Chain,
  money: (value: bigint) => string,
): (readonly [string, string | undefined])[] {
  const { deal, modules, scaler, ratePerDay, waitingFor } = report;
  const isOver = deal.status === "ended" && report.workers.length === 0;
  const { unitsPerWorker, openToAll, priceLimit, tipPerWorker } = deal.terms;
  const paid =
    deal.fundedThroughEpoch === undefined
      ? "as long as nothing is charged"
      : formatFundedThrough(deployment, deal.fundedThroughEpoch);
  return [
    ["deal", `${deal.id}, ${describeStatus(report)}`],
    ["function", `${modules.present.cid}${describeVersion(modules)}`],
    ["commitment", describeCommitment(modules.present.functionCommitment)],
    [
      "next version",
      modules.next === undefined
        ? undefined
        : `${modules.next.cid} (version ${modules.next.version}, from epoch ${modules.next.fromEpoch} on)`,
    ],
    ["owner", deal.owner],
    ["callers", openToAll ? "anyone" : "the owner, and callers with a permission"],
    [
      "costs",
      isOver
        ? undefined
        : `${money(deal.ratePerEpoch)} an epoch of ${formatDuration(deployment.epochDuration)}, ${money(ratePerDay)} a day`,
    ],
    ["limit", `${money(priceLimit)} per unit and epoch`],
    ["tip", tipPerWorker === 0n ? undefined : describeTips(report, money)],
    ["holds", `${money(deal.balance)}, of which ${money(deal.withdrawable)} can be withdrawn`],
    [
      deal.status === "ended" ? "ended with" : "paid until",
      deal.status === "ended" ? `epoch ${deal.endEpoch}` : paid,
    ],
    [
      "workers",
      isOver
        ? "none any more"
        : `${deal.workers} of ${deal.targetWorkers}, ${plural(unitsPerWorker, "unit")} each`,
    ],
    ["waiting", waitingFor],
    [
      "scaler",
      scaler === undefined
        ? undefined
        : `${scaler.key}, up to ${money(scaler.capPerEpoch)} an epoch (millrace deal scaler ${deal.id})`,
    ],
    [
      "locks",
      deal.disputeWindow === 0
        ? undefined
        : `a worker's stake is held for ${formatDuration(deal.disputeWindow)} after its last epoch: what it served can be disputed`,
    ],
  ];
}

function formatWorkers(
  workers: readonly ReportedWorker[],
  money: (value: bigint) => string,
  paint: Paint,
): string {
  const rows = workers.map((worker) => {
    const { attributes, state, reason, lastEpoch, use } = worker;
    const { regionGroup, country } = attributes;
    return [
      String(worker.node),
      String(worker.provider),
      worker.endpoint,
      country === null ? regionGroup : `${regionGroup} ${country}`,
      `${money(worker.pricePerUnitEpoch)} per unit`,
      lastEpoch === undefined ? `from ${worker.firstEpoch}` : `${worker.firstEpoch} to ${lastEpoch}`,
      use === undefined ? "" : formatCount(use.calls),
      use === undefined ? "" : formatCount(use.fuel),
      reason === undefined ? state : `${state}: ${reason}`,
    ];
  });
  const heads = ["node", "provider", "endpoint", "region", "price", "epochs", "calls", "fuel used", "state"];
  return formatTable(heads, rows, paint);
}

function formatHistory({ history, olderEvents }: DealReport, paint: Paint): string {
  const rows = history.map(({ at, epoch, sentence }) => [formatTime(at), String(epoch), sentence]);
  const table = formatTable(["when", "epoch", "event"], rows, paint);
  if (olderEvents === 0) return table;
  return `${table}\n${paint.dim(`${olderEvents} more before that; see them with --events ${history.length + olderEvents}`)}`;
}

/** What the terms give, and what of it is held for those who found the present workers. */
function describeTips({ deal, workers }: DealReport, money: (value: bigint) => string): string {
  const held = workers.reduce((sum, { tip }) => sum + tip.amount, 0n);
  const each = `${money(deal.terms.tipPerWorker)} for each worker found`;
  return held === 0n ? each : `${each}; ${money(held)} held until its matches can be challenged no more`;
}

/** Only once there is more than the function the deal was made with. */
function describeVersion({ present, all }: DealReport["modules"]): string {
  return all.length === 1 ? "" : `, version ${present.version} since epoch ${present.fromEpoch}`;
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
  return deal.status === "matching" ? `millrace deal watch ${id}` : `millrace deal call ${id} --body "…"`;
}
