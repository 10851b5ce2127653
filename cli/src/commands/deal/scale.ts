import {
  findPaymentToken,
  formatToken,
  readDeal,
  readWorkers,
  waitForMatch,
  waitForReady,
  type ActiveWorker,
  type Chain,
  type DealState,
} from "@millrace/sdk";
import { argument, defineCommand, many } from "../../command.ts";
import type { Context } from "../../context.ts";
import { readRunning, requireScaling, scale } from "../../deal/scaling.ts";
import { waitOptions } from "../../deal/steps.ts";
import { endOfEpoch, formatDuration, formatFundedThrough, formatTime, plural } from "../../format.ts";
import { formatFields } from "../../output.ts";
import { dealId, integer, smallId } from "../../parse.ts";
import type { Step } from "../../progress.ts";

export const dealScale = defineCommand({
  name: "deal scale",
  summary: "Change how many workers a deal has",
  details:
    "More workers are matched as they are found; they need money for the first epochs at the deal's limit, which may " +
    "have to be put in first. Fewer: the dearest ones are dismissed, or those named by --dismiss; they serve until the " +
    "epoch is over.",
  needs: "wallet",
  args: {
    deal: argument("deal", "the deal's id", dealId),
    workers: argument("workers", "how many workers it shall have", integer(1, 32)),
  },
  options: {
    dismiss: many("--dismiss <node>", "a worker that goes, may be given several times", smallId),
    ...waitOptions,
  },
  examples: ["millrace deal scale 1 4", "millrace deal scale 1 1 --dismiss 3"],
  handler: async (context, { args, options }) => {
    const chain = await context.signer();
    const before = await readDeal(chain, args.deal);
    const { workers } = args;
    const running = await readRunning(chain, args.deal);
    const dismissed = requireScaling(chain, { deal: before, workers, running, dismiss: options.dismiss });
    const change: Change = { before, workers, named: options.dismiss, dismissed };
    await context.progress([
      targetStep(context, chain, change),
      ...(options.detach || workers <= running.length - dismissed.length
        ? []
        : matchSteps(chain, change, options.timeout)),
    ]);
    return describe(context, chain, change);
  },
});

interface Change {
  readonly before: DealState;
  readonly workers: number;
  /** nodes that the person wants to go */
  readonly named: readonly number[];
  /** who goes */
  dismissed: readonly ActiveWorker[];
}

function targetStep(context: Context, chain: Chain, change: Change): Step {
  const { workers } = change;
  const { id, terms } = change.before;
  return {
    title: `Ask for ${plural(workers, "worker")}`,
    run: async () => {
      context.interruption.next = `Whether it was changed shows: millrace deal show ${id}`;
      change.dismissed = await scale(chain, { deal: id, terms, workers, named: change.named });
      const nodes = change.dismissed.map(({ node }) => node);
      context.interruption.next = `Deal ${id} wants ${plural(workers, "worker")} now: millrace deal watch ${id}`;
      return nodes.length === 0
        ? `Asked for ${plural(workers, "worker")}`
        : `Asked for ${plural(workers, "worker")}; dismissed ${nodes.map((node) => `node ${node}`).join(", ")}`;
    },
  };
}

function matchSteps(chain: Chain, { before, workers }: Change, timeoutSeconds: number): Step[] {
  const { id: deal, terms } = before;
  const timeoutMs = timeoutSeconds * 1000;
  return [
    {
      title: "Find workers",
      run: async (report) => {
        await waitForMatch(chain, { deal, terms, workers, timeoutMs, report });
        return `Matched ${workers} of ${workers} workers`;
      },
    },
    {
      title: "Wait until they are ready",
      run: async (report) => {
        const ready = (await waitForReady(chain, { deal, terms, timeoutMs, report })).filter(
          ({ state }) => state === "ready",
        );
        return `Ready on ${ready.map(({ node }) => `node ${node}`).join(", ")}`;
      },
    },
  ];
}

async function describe(context: Context, chain: Chain, { before, dismissed }: Change) {
  const after = await readDeal(chain, before.id, before.terms);
  const token = findPaymentToken(chain.deployment, before.terms.paymentToken);
  const { priceLimit, unitsPerWorker } = before.terms;
  const most = priceLimit * BigInt(unitsPerWorker) * BigInt(after.targetWorkers);
  const through = after.fundedThroughEpoch;
  const leaves = await Promise.all(
    dismissed.map(async ({ node }) => {
      const worker = (await readWorkers(chain, before.id)).find((each) => each.node === node);
      const end =
        worker?.lastEpoch === undefined ? undefined : endOfEpoch(chain.deployment, worker.lastEpoch);
      return `node ${node}${end === undefined ? "" : `, until ${formatTime(end)}`}`;
    }),
  );
  return {
    data: {
      deal: before.id,
      workers: after.workers,
      targetWorkers: after.targetWorkers,
      dismissed: dismissed.map(({ node }) => node),
      ratePerEpoch: after.ratePerEpoch,
      maximumRatePerEpoch: most,
      fundedThroughEpoch: through ?? null,
    },
    text: formatFields(
      [
        ["deal", `${before.id} (${after.status})`],
        ["workers", `${after.workers} of ${after.targetWorkers}`],
        ["leaves", leaves.length === 0 ? undefined : leaves.join("\n")],
        [
          "costs",
          `${formatToken(after.ratePerEpoch, token)} an epoch of ${formatDuration(chain.deployment.epochDuration)} now, ` +
            `${formatToken(most, token)} at most`,
        ],
        ["paid until", through === undefined ? undefined : formatFundedThrough(chain.deployment, through)],
        ["next", `millrace deal show ${before.id}`],
      ],
      context.paint,
    ),
  };
}
