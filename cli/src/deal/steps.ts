import {
  createDeal,
  explainWaiting,
  formatToken,
  readDeal,
  waitForMatch,
  waitForReady,
  type Chain,
  type ServingWorker,
} from "@millrace/sdk";
import { optionOr, flag, type CommandResult } from "../command.ts";
import type { Context } from "../context.ts";
import { endOfEpoch, formatDuration, formatFundedThrough } from "../format.ts";
import { having, type Published } from "../function/steps.ts";
import { formatFields } from "../output.ts";
import { integer } from "../parse.ts";
import type { Step } from "../progress.ts";
import { quoteTerms, requireMoney, type Offerable } from "./amounts.ts";
import { chooseCandidates, chooseTerms, type Candidate } from "./market.ts";
import type { TermValues } from "./terms.ts";

/** What the steps of a deployment leave for those after them. */
export interface Deployed extends Published {
  quote?: Offerable;
  /** nodes to match the deal with at once */
  candidates?: readonly Candidate[];
  deal?: bigint;
  transactionHash?: string;
  workers?: readonly ServingWorker[];
}

/** The options of every command that waits for workers. */
export const waitOptions = {
  detach: flag("--detach", "return as soon as it is on the chain"),
  timeout: optionOr("--timeout <seconds>", "how long to wait for workers", integer(1, 86_400), 120),
} as const;

/** Gets the contract's quote for the options and checks that the wallet can pay it. */
export function quoteStep(context: Context, chain: Chain, options: TermValues, done: Deployed): Step {
  return {
    title: "Get a quote",
    run: async () => {
      const { terms, token } = await chooseTerms(chain, context.api, options, having(done.cid));
      const { deposit, epochs } = options;
      [done.quote, done.candidates] = await Promise.all([
        quoteTerms(chain, { terms, token, deposit, epochs }),
        chooseCandidates(context.api, { terms, token }, options),
      ]);
      await requireMoney(chain, done.quote, "--deposit or --epochs");
      const { maximumRatePerEpoch, fundedEpochs } = done.quote;
      return `At most ${formatToken(maximumRatePerEpoch, token)} an epoch, paid for ${fundedEpochs} epochs`;
    },
  };
}

/** Creates the deal; from here on a Ctrl-C says what exists. */
export function createStep(context: Context, chain: Chain, done: Deployed): Step {
  return {
    title: "Create and fund the deal",
    run: async () => {
      const { token, deposit, ...quote } = having(done.quote);
      // Known only now: the price is asked for before the module is prepared and stored.
      const terms = { ...quote.terms, functionCommitment: having(done.functionCommitment) };
      done.quote = { ...quote, terms, token, deposit };
      context.interruption.next = "Whether the deal was created shows: millrace deal list";
      const { deal, receipt } = await createDeal(chain, { terms, deposit, candidates: done.candidates });
      done.deal = deal;
      done.transactionHash = receipt.transactionHash;
      context.interruption.next =
        `Deal ${deal} exists and goes on: millrace deal show ${deal}\n` +
        `Or take the money back: millrace deal stop ${deal}`;
      return `Created deal ${deal} with ${formatToken(deposit, token)}`;
    },
  };
}

/** Waits until the deal is matched and served. */
export function waitSteps(chain: Chain, timeoutSeconds: number, done: Deployed): Step[] {
  const parameters = (report: (text: string) => void) => ({
    ...{ deal: having(done.deal), terms: having(done.quote).terms, report },
    timeoutMs: timeoutSeconds * 1000,
  });
  return [
    {
      title: "Find workers",
      run: async (report) => {
        const state = await waitForMatch(chain, parameters(report));
        return `Matched ${state.workers} of ${state.targetWorkers} workers`;
      },
    },
    {
      title: "Wait until they are ready",
      run: async (report) => {
        done.workers = await waitForReady(chain, parameters(report));
        const ready = done.workers.filter(({ state }) => state === "ready");
        return `Ready on ${ready.map(({ node }) => `node ${node}`).join(", ")}`;
      },
    },
  ];
}

/** What a deployment has come to. */
export async function describeDeployed(
  context: Context,
  chain: Chain,
  done: Deployed,
): Promise<CommandResult> {
  const { terms, token } = having(done.quote);
  const deal = having(done.deal);
  const state = await readDeal(chain, deal, terms);
  const { fundedThroughEpoch: through, ratePerEpoch } = state;
  const workers = done.workers ?? [];
  const waitingFor = workers.length > 0 ? (await explainWaiting(chain, deal, terms))?.sentence : undefined;
  return {
    data: {
      deal,
      status: state.status,
      cid: done.cid,
      functionCommitment: terms.functionCommitment,
      transactionHash: done.transactionHash,
      token,
      ratePerEpoch,
      balance: state.balance,
      fundedThroughEpoch: through ?? null,
      fundedUntil: through === undefined ? null : (endOfEpoch(chain.deployment, through) ?? null),
      workers: workers.map(({ node, provider, endpoint, pricePerUnitEpoch, state: serving }) => ({
        ...{ node, provider, endpoint, pricePerUnitEpoch, state: serving },
      })),
      waitingFor: waitingFor ?? null,
    },
    text: formatFields(
      [
        ["deal", `${deal} (${state.status})`],
        ["function", done.cid],
        ["commitment", terms.functionCommitment],
        ["workers", workers.map(describeWorker).join("\n") || "none yet"],
        ["waiting", waitingFor],
        [
          "costs",
          `${formatToken(ratePerEpoch, token)} an epoch of ${formatDuration(chain.deployment.epochDuration)}`,
        ],
        ["paid until", through === undefined ? undefined : formatFundedThrough(chain.deployment, through)],
        [
          "next",
          workers.length === 0 ? `millrace deal watch ${deal}` : `millrace deal call ${deal} --body "…"`,
        ],
      ],
      context.paint,
    ),
  };
}

function describeWorker({ node, provider, endpoint, state }: ServingWorker): string {
  return `node ${node} of provider ${provider}, ${endpoint}, ${state}`;
}
