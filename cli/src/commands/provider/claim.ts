import {
  claim,
  findPaymentToken,
  formatToken,
  MillraceError,
  readProvider,
  settleWorker,
  withdrawEarnings,
  type Chain,
} from "@millrace/sdk";
import { isAddressEqual, type Address } from "viem";
import { readOwedWorkers, type OwedWorker } from "../../chain/owedWorkers.ts";
import { defineCommand, option } from "../../command.ts";
import type { Context } from "../../context.ts";
import { viewError, type ErrorView } from "../../errors.ts";
import { address, smallId } from "../../parse.ts";
import { readEarnings } from "../../provider/report.ts";
import { requireProvider } from "../../provider/state.ts";

const settledMeanwhile = new Set(["deals-worker-unknown", "deals-nothing-owed"]);

/** One payment, made or failed. */
interface Payment {
  readonly what: string;
  readonly token: Address;
  readonly amount: bigint;
  readonly error?: ErrorView;
}

export const providerClaim = defineCommand({
  name: "provider claim",
  summary: "Take what your workers earned in completed epochs",
  details:
    "With the payout address's wallet the money is paid out; any other wallet only settles it to the payout address's " +
    "account. One transaction per worker that is owed something: a failure of one does not stop the others.",
  needs: "wallet",
  args: {},
  options: {
    provider: option("--provider <id>", "the provider", smallId, "the wallet's"),
    to: option("--to <address>", "who gets the money", address, "the payout address"),
  },
  examples: ["millrace provider claim"],
  handler: async (context, { options }) => {
    const chain = await context.signer();
    const caller = (await context.wallet()).address;
    const provider = options.provider ?? (await requireProvider(chain, caller));
    const { payout } = await readProvider(chain, provider);
    const isPayout = isAddressEqual(payout, caller);
    const recipient = options.to ?? payout;
    context.interruption.next = "Run it again, it takes what is left: millrace provider claim";
    const payments = await settleAll(context, chain, {
      provider,
      recipient: isPayout ? recipient : undefined,
    });
    if (isPayout) payments.push(...(await withdrawAll(chain, payout, recipient)));
    const failed = payments.filter(({ error }) => error !== undefined);
    return {
      data: { provider, payout, recipient: isPayout ? recipient : null, payments },
      text: describe(chain, payments, isPayout ? `paid to ${recipient}` : `settled for ${payout}`),
      exitCode: failed.length === 0 ? 0 : 1,
    };
  },
});

async function settleAll(
  context: Context,
  chain: Chain,
  { provider, recipient }: { provider: number; recipient: Address | undefined },
): Promise<Payment[]> {
  const owed = (await readOwedWorkers(chain, { provider })).filter(({ pay }) => pay > 0n);
  const payments = await Promise.all(owed.map((worker) => settleOne(context, chain, worker, recipient)));
  return payments.filter(({ amount, error }) => amount > 0n || error !== undefined);
}

async function settleOne(
  context: Context,
  chain: Chain,
  { deal, node, paymentToken }: OwedWorker,
  recipient: Address | undefined,
): Promise<Payment> {
  const payment = { what: `deal ${deal}, node ${node}`, token: paymentToken };
  try {
    const of = { deal, node };
    const { pay } = await (recipient === undefined
      ? settleWorker(chain, of)
      : claim(chain, { ...of, recipient }));
    return { ...payment, amount: pay };
  } catch (error) {
    // Somebody settled it meanwhile, as anyone may: then the money is in the payout address's account already.
    if (error instanceof MillraceError && settledMeanwhile.has(error.code)) return { ...payment, amount: 0n };
    const view = viewError(error);
    context.note(`✗ ${payment.what}: ${view.message}`);
    return { ...payment, amount: 0n, error: view };
  }
}

/** Takes what others settled to the payout address's account. */
async function withdrawAll(chain: Chain, payout: Address, to: Address): Promise<Payment[]> {
  const earned = (await readEarnings(chain, payout)).filter(({ amount }) => amount > 0n);
  return Promise.all(
    earned.map(async ({ token, amount }) => {
      await withdrawEarnings(chain, { token: token.address, to });
      return { what: "settled earlier", token: token.address, amount };
    }),
  );
}

function describe(chain: Chain, payments: readonly Payment[], where: string): string {
  const made = payments.filter(({ error }) => error === undefined);
  if (made.length === 0)
    return payments.length === 0
      ? "Nothing is owed: epochs are paid once they are over."
      : "Nothing could be claimed.";
  return made
    .map(
      ({ what, token, amount }) =>
        `${formatToken(amount, findPaymentToken(chain.deployment, token))} ${where} (${what})`,
    )
    .join("\n");
}
