import { findPaymentToken, formatToken, parseAmount, readProvider, type Chain } from "@millrace/sdk";
import type { Address } from "viem";
import { defineCommand, option, optionalArgument } from "../../command.ts";
import { formatEther } from "../../format.ts";
import { formatFields, formatTable, type Paint } from "../../output.ts";
import { amount, smallId } from "../../parse.ts";
import { readGas, readIncome, type NodeGas, type WorkerIncome } from "../../provider/earnings.ts";
import { readEarnings } from "../../provider/report.ts";
import { requireProvider } from "../../provider/state.ts";

const weiPerCoin = 10n ** 18n;

export const providerEarnings = defineCommand({
  name: "provider earnings",
  summary: "Show what your workers earned, what attending cost, and what remains",
  details:
    "Read from the chain alone. Income is in payment tokens, gas in the chain's coin: with --coin-price the one is " +
    "taken off the other.",
  needs: "wallet",
  args: { provider: optionalArgument("provider", "the provider's id", smallId, "the wallet's") },
  options: {
    coinPrice: option(
      "--coin-price <amount>",
      "what 1 ETH is worth, in the payment token",
      amount,
      "unknown",
    ),
  },
  examples: ["millrace provider earnings", "millrace provider earnings 2 --coin-price 3000"],
  handler: async (context, { args, options }) => {
    const chain = await context.chain();
    const provider = args.provider ?? (await requireProvider(chain, (await context.wallet()).address));
    const [workers, gas, { payout }] = await Promise.all([
      readIncome(chain, provider),
      readGas(chain, provider),
      readProvider(chain, provider),
    ]);
    const settled = await readEarnings(chain, payout);
    const spentWei = gas.reduce((sum, each) => sum + each.spentWei, 0n);
    const totals = totalsOf(chain, { workers, spentWei, coinPrice: options.coinPrice });
    return {
      data: {
        provider,
        payout,
        totals,
        gasSpentWei: spentWei,
        settled: settled.map((each) => ({ token: each.token.address, amount: each.amount })),
        workers,
        nodes: gas,
      },
      text: describe(chain, { totals, workers, gas, spentWei, settled }, context.paint),
    };
  },
});

interface Total {
  readonly token: Address;
  readonly claimed: bigint;
  readonly claimable: bigint;
  /** What the gas was worth, taken off the first token alone; null without a price. */
  readonly gas: bigint | null;
  readonly remains: bigint;
}

function totalsOf(
  chain: Chain,
  facts: { workers: readonly WorkerIncome[]; spentWei: bigint; coinPrice: string | undefined },
): Total[] {
  const { workers, spentWei, coinPrice } = facts;
  return chain.deployment.paymentTokens.map(({ address, decimals }, index) => {
    const own = workers.filter((worker) => worker.paymentToken.toLowerCase() === address.toLowerCase());
    const claimed = own.reduce((sum, worker) => sum + worker.claimed, 0n);
    const claimable = own.reduce((sum, worker) => sum + worker.claimable, 0n);
    const isPriced = coinPrice !== undefined && index === 0;
    const gas = isPriced ? (parseAmount(coinPrice, decimals) * spentWei) / weiPerCoin : null;
    return { token: address, claimed, claimable, gas, remains: claimed + claimable - (gas ?? 0n) };
  });
}

interface Facts {
  readonly totals: readonly Total[];
  readonly workers: readonly WorkerIncome[];
  readonly gas: readonly NodeGas[];
  readonly spentWei: bigint;
  readonly settled: Awaited<ReturnType<typeof readEarnings>>;
}

function describe(chain: Chain, { totals, workers, gas, spentWei, settled }: Facts, paint: Paint): string {
  const money = (token: Address, value: bigint) =>
    formatToken(value, findPaymentToken(chain.deployment, token));
  const all = (of: (total: Total) => bigint) =>
    totals.map((total) => money(total.token, of(total))).join("\n");
  const isNet = totals.some((total) => total.gas !== null);
  const fields = formatFields(
    [
      ["claimed", all(({ claimed }) => claimed)],
      ["claimable", all(({ claimable }) => claimable)],
      ["credited", settled.map(({ token, amount: sum }) => money(token.address, sum)).join("\n")],
      ["gas spent", formatEther(spentWei)],
      ["remains", `${all(({ remains }) => remains)}${isNet ? "" : `, less ${formatEther(spentWei)} of gas`}`],
    ],
    paint,
  );
  const workerRows = workers.map(({ deal, node, paymentToken, claimed, claimable, isRunning }) => [
    String(deal),
    String(node),
    money(paymentToken, claimed),
    money(paymentToken, claimable),
    isRunning ? "running or to be released" : "over",
  ]);
  const nodeRows = gas.map(({ node, attendances, spentWei: spent, isEstimated, heldWei }) => [
    String(node),
    String(attendances),
    `${isEstimated ? "about " : ""}${formatEther(spent)}`,
    formatEther(heldWei),
  ]);
  return [
    fields,
    ...(workerRows.length === 0
      ? []
      : [formatTable(["deal", "node", "claimed", "claimable", "worker"], workerRows, paint)]),
    ...(nodeRows.length === 0
      ? []
      : [formatTable(["node", "epochs attended", "gas spent", "gas money left"], nodeRows, paint)]),
    `${paint.dim("next")}  millrace provider claim`,
  ].join("\n\n");
}
