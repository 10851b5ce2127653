import {
  dealsAbi,
  epochStart,
  findPaymentToken,
  formatToken,
  read,
  readProvider,
  readSlashes,
  type Chain,
  type PaymentToken,
} from "@millrace/sdk";
import type { Address } from "viem";
import { readOwedWorkers, type OwedWorker } from "../chain/owedWorkers.ts";
import { readParameters } from "../chain/parameters.ts";
import { formatMill, formatTime, plural } from "../format.ts";
import { describeAttributes } from "../node/machine.ts";
import { formatFields, formatTable, type Paint } from "../output.ts";
import { readProviderNodes } from "./state.ts";
import { describeThaw, readThaws } from "./thaws.ts";

/** Everything that `provider status` tells. */
export type ProviderReport = Awaited<ReturnType<typeof readProviderReport>>;

/** Reads a provider's stake, nodes, workers and what it has earned, from the chain alone. */
export async function readProviderReport(chain: Chain, provider: number) {
  const [record, nodes, workers, { stakePerUnit }, thaws, { slashes }] = await Promise.all([
    readProvider(chain, provider),
    readProviderNodes(chain, provider),
    readOwedWorkers(chain, { provider }),
    readParameters(chain),
    readThaws(chain, provider),
    readSlashes(chain),
  ]);
  const earned = await readEarnings(chain, record.payout);
  const escrowed = slashes.filter((slash) => slash.provider === provider && slash.state === "escrowed");
  return { provider, ...record, nodes, workers, earned, stakePerUnit, thaws, escrowed };
}

/** What was settled to a payout address and not withdrawn yet, for each payment token. */
export async function readEarnings(
  chain: Chain,
  payout: Address,
): Promise<readonly { readonly token: PaymentToken; readonly amount: bigint }[]> {
  const address = chain.deployment.contracts.deals;
  return Promise.all(
    chain.deployment.paymentTokens.map(async (token) => ({
      token,
      amount: await read(chain, {
        address,
        abi: dealsAbi,
        functionName: "earnings",
        args: [payout, token.address],
      }),
    })),
  );
}

/** The report for a person. */
export function formatProviderReport(report: ProviderReport, chain: Chain, paint: Paint): string {
  const { provider, owner, payout, stake, nodes, workers, earned, stakePerUnit, thaws } = report;
  const nowSeconds = Date.now() / 1000;
  const changesAt = Number(report.payoutChangesAt);
  const pending = changesAt > nowSeconds ? `\n${report.pendingPayout} from ${formatTime(changesAt)} on` : "";
  const money = ({ paymentToken }: OwedWorker, value: bigint) =>
    formatToken(value, findPaymentToken(chain.deployment, paymentToken));
  const fields = formatFields(
    [
      ["provider", String(provider)],
      ["owner", owner],
      ["paid to", `${payout}${pending}`],
      [
        "free stake",
        `${formatMill(stake.free)}, enough for ${plural(stake.free / stakePerUnit, "more unit")}`,
      ],
      ["locked stake", formatMill(stake.locked)],
      [
        "thawing",
        thaws.length === 0 ? undefined : thaws.map((thaw) => describeThaw(thaw, nowSeconds)).join("\n"),
      ],
      [
        "slashed",
        report.escrowed.length === 0
          ? undefined
          : report.escrowed
              .map(
                ({ id, amount, vetoEndsAt }) =>
                  `${formatMill(amount)} in escrow, can be vetoed until ${formatTime(vetoEndsAt)} (slash ${id})`,
              )
              .join("\n"),
      ],
      ["earnings", earned.map(({ token, amount }) => `${formatToken(amount, token)} to withdraw`).join("\n")],
    ],
    paint,
  );
  const nodeRows = nodes.map(({ id, units, unitsInUse, retired, attributes }) => [
    String(id),
    retired ? "retired" : `${unitsInUse} of ${units} units in use`,
    describeAttributes(attributes),
  ]);
  const workerRows = workers.map((worker) => [
    String(worker.deal),
    String(worker.node),
    `${money(worker, worker.pricePerUnitEpoch)} per unit`,
    describeState(worker, chain, nowSeconds),
    money(worker, worker.pay),
  ]);
  const isOwed = workers.length > 0 || earned.some(({ amount }) => amount > 0n);
  const isIdle = nodes.every(({ retired }) => retired);
  const next = isOwed ? "millrace provider claim" : isIdle ? "millrace node init" : "millrace offer show";
  return [
    fields,
    ...(nodeRows.length === 0 ? [] : [formatTable(["node", "units", "machine"], nodeRows, paint)]),
    ...(workerRows.length === 0
      ? []
      : [formatTable(["deal", "node", "price", "state", "to claim"], workerRows, paint)]),
    `${paint.dim("next")}  ${next}`,
  ].join("\n\n");
}

/** What holds a worker's units and stake. */
function describeState({ lastEpoch, releasableAt }: OwedWorker, chain: Chain, nowSeconds: number): string {
  if (lastEpoch === undefined || releasableAt === undefined) return "running";
  if (nowSeconds < epochStart(chain.deployment, lastEpoch + 1)) return `ends with epoch ${lastEpoch}`;
  return nowSeconds < releasableAt
    ? `ended with epoch ${lastEpoch}, held until ${formatTime(releasableAt)}: what it served can be disputed`
    : `ended with epoch ${lastEpoch}, can be released`;
}

/** The report for `--json`. */
export function providerData(report: ProviderReport): object {
  const { provider, owner, payout, stake, nodes, workers, earned, thaws } = report;
  return {
    provider,
    owner,
    payout,
    pendingPayout: report.payoutChangesAt === 0n ? null : report.pendingPayout,
    stake: { free: stake.free, locked: stake.locked, thawing: thaws, escrowed: report.escrowed },
    nodes: nodes.map(({ id, units, unitsInUse, retired, attributes }) => ({
      ...{ node: id, units, unitsInUse, retired, attributes },
    })),
    workers: workers.map((worker) => ({
      ...worker,
      lastEpoch: worker.lastEpoch ?? null,
      releasableAt: worker.releasableAt ?? null,
    })),
    earnings: earned.map(({ token, amount }) => ({ ...token, amount })),
  };
}
