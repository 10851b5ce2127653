import { inspectModule } from "@millrace/machine";
import { openSandbox } from "@millrace/sandbox";
import { createDeal, formatToken, moduleCid, readDeal, type Chain } from "@millrace/sdk";
import { defineCommand, flag, optionalArgument, optionOr, type CommandResult } from "../../command.ts";
import type { Context } from "../../context.ts";
import { requireMoney, quoteTerms, type Offerable } from "../../deal/amounts.ts";
import { waitForMatch, waitForReady } from "../../deal/follow.ts";
import { chooseTerms } from "../../deal/market.ts";
import type { ReportedWorker } from "../../deal/report.ts";
import { termOptions, type TermValues } from "../../deal/terms.ts";
import { countRefusals, describeWaiting } from "../../deal/waiting.ts";
import { endOfEpoch, formatDuration, formatFundedThrough, formatSize } from "../../format.ts";
import { buildProject } from "../../function/build.ts";
import { isFolder, readBuilt, readProject, type BuiltModule } from "../../function/project.ts";
import { formatFields } from "../../output.ts";
import { integer, text } from "../../parse.ts";
import type { Step } from "../../progress.ts";

/** What the steps of a deployment leave for those after them. */
interface Deployment {
  built?: BuiltModule;
  cid?: string;
  quote?: Offerable;
  deal?: bigint;
  transactionHash?: string;
  workers?: readonly ReportedWorker[];
}

export const functionDeploy = defineCommand({
  name: "function deploy",
  summary: "Build the function, store it, make a deal for it and wait until it is served",
  details:
    "One transaction creates and funds the deal (with a permit where the token has them). What the deal costs is " +
    "the contract's own quote; see it first with millrace quote. Interrupted, nothing is lost: a deal that was " +
    "created goes on and shows up in millrace deal list.",
  needs: "wallet",
  args: { target: optionalArgument("target", "the function's folder or a built module", text, "here") },
  options: {
    ...termOptions,
    prebuilt: flag("--prebuilt", "take the compiled module that is in the folder already"),
    detach: flag("--detach", "return as soon as the deal is created"),
    timeout: optionOr("--timeout <seconds>", "how long to wait for workers", integer(1, 86_400), 120),
  },
  examples: [
    "millrace function deploy",
    "millrace function deploy ./hello --workers 3 --region europe --limit 0.002 --epochs 500",
  ],
  handler: async (context, { args, options }) => {
    const target = context.path(args.target ?? ".");
    // Before the first step: it may ask for the password.
    const chain = await context.signer();
    const done: Deployment = {};
    await context.progress([
      buildStep(target, done, !options.prebuilt),
      quoteStep(context, chain, options, done),
      storeStep(context, done),
      createStep(context, chain, done),
      ...(options.detach ? [] : waitSteps(chain, options.timeout, done)),
    ]);
    return describe(context, chain, done);
  },
});

function buildStep(target: string, done: Deployment, compile: boolean): Step {
  return {
    title: "Build",
    run: async () => {
      const isBuilt = !(await isFolder(target));
      done.built = isBuilt
        ? await readBuilt(target)
        : await buildProject(await readProject(target), { compile });
      done.cid = await moduleCid(done.built.module);
      return `${isBuilt || !compile ? "Read" : "Built"} ${done.built.manifest.name}, ${formatSize(done.built.module.length)}`;
    },
  };
}

function storeStep(context: Context, done: Deployment): Step {
  return {
    title: "Check that nodes can run it, and store it",
    run: async () => {
      const { module } = having(done.built);
      inspectModule(module);
      const [, { cid }] = await Promise.all([
        openSandbox({ module, threads: 1 }).then((sandbox) => sandbox.close()),
        (await context.api()).uploadBlob(module),
      ]);
      return `Checked and stored as ${cid}`;
    },
  };
}

function quoteStep(context: Context, chain: Chain, options: TermValues, done: Deployment): Step {
  return {
    title: "Get a quote",
    run: async () => {
      const { terms, token } = await chooseTerms(chain, context.api, options, having(done.cid));
      const { deposit, epochs } = options;
      done.quote = await quoteTerms(chain, { terms, token, deposit, epochs });
      await requireMoney(chain, done.quote);
      const { maximumRatePerEpoch, fundedEpochs } = done.quote;
      return `At most ${formatToken(maximumRatePerEpoch, token)} an epoch, paid for ${fundedEpochs} epochs`;
    },
  };
}

function createStep(context: Context, chain: Chain, done: Deployment): Step {
  return {
    title: "Create and fund the deal",
    run: async () => {
      const { terms, token, deposit } = having(done.quote);
      context.interruption.next = "Whether the deal was created shows: millrace deal list";
      const { deal, receipt } = await createDeal(chain, { terms, deposit });
      done.deal = deal;
      done.transactionHash = receipt.transactionHash;
      context.interruption.next =
        `Deal ${deal} exists and goes on: millrace deal show ${deal}\n` +
        `Or take the money back: millrace deal stop ${deal}`;
      return `Created deal ${deal} with ${formatToken(deposit, token)}`;
    },
  };
}

function waitSteps(chain: Chain, timeoutSeconds: number, done: Deployment): Step[] {
  const parameters = (report: (text: string) => void) => ({
    ...{ chain, deal: having(done.deal), terms: having(done.quote).terms, report },
    deadlineMs: Date.now() + timeoutSeconds * 1000,
  });
  return [
    {
      title: "Find workers",
      run: async (report) => {
        const state = await waitForMatch(parameters(report));
        return `Matched ${state.workers} of ${state.targetWorkers} workers`;
      },
    },
    {
      title: "Wait until they are ready",
      run: async (report) => {
        done.workers = await waitForReady(parameters(report));
        const ready = done.workers.filter(({ state }) => state === "ready");
        return `Ready on ${ready.map(({ node }) => `node ${node}`).join(", ")}`;
      },
    },
  ];
}

async function describe(context: Context, chain: Chain, done: Deployment): Promise<CommandResult> {
  const { terms, token } = having(done.quote);
  const deal = having(done.deal);
  const state = await readDeal(chain, deal, terms);
  const { fundedThroughEpoch: through, ratePerEpoch } = state;
  const workers = done.workers ?? [];
  const missing = state.targetWorkers - state.workers;
  const counts = missing > 0 && workers.length > 0 ? await countRefusals(chain, deal, terms) : undefined;
  const waitingFor = counts === undefined ? undefined : describeWaiting(counts, missing);
  return {
    data: {
      deal,
      status: state.status,
      cid: done.cid,
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
        ["workers", workers.map(describeWorker).join("\n") || "none yet"],
        ["waiting", waitingFor],
        [
          "costs",
          `${formatToken(ratePerEpoch, token)} an epoch of ${formatDuration(chain.deployment.epochDuration)}`,
        ],
        ["paid until", through === undefined ? undefined : formatFundedThrough(chain.deployment, through)],
        [
          "next",
          workers.length === 0 ? `millrace deal show ${deal}` : `millrace deal call ${deal} --body "…"`,
        ],
      ],
      context.paint,
    ),
  };
}

function describeWorker({ node, provider, endpoint, state }: ReportedWorker): string {
  return `node ${node} of provider ${provider}, ${endpoint}, ${state}`;
}

/** What an earlier step left. */
function having<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("A step ran before the one it needs.");
  return value;
}
