import {
  claimAll,
  findPaymentToken,
  formatToken,
  readProvider,
  withdrawEarnings,
  type Chain,
} from "@millrace/sdk";
import { isAddressEqual, type Address } from "viem";
import { readOwedWorkers, type OwedWorker } from "../../chain/owedWorkers.ts";
import { settleUnlessDone } from "../../chain/settle.ts";
import { defineCommand, option } from "../../command.ts";
import { failure, viewError, type ErrorView } from "../../errors.ts";
import { address, smallId } from "../../parse.ts";
import { readEarnings } from "../../provider/report.ts";
import { requireProvider } from "../../provider/state.ts";

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
    "account. Up to 50 workers are paid in one transaction, with one transfer for each token; what a token refuses to " +
    "send stays in the payout address's account. A worker or token that fails does not stop the others.",
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
    const owed = (await readOwedWorkers(chain, { provider })).filter(({ pay }) => pay > 0n);
    const payments = isPayout
      ? [...(await claimOwed(chain, owed, recipient)), ...(await withdrawAll(chain, payout, recipient))]
      : await Promise.all(owed.map((worker) => settleOne(chain, worker)));
    const failed = payments.filter(({ error }) => error !== undefined);
    for (const { what, error } of failed) context.note(`✗ ${what}: ${error?.message ?? ""}`);
    return {
      data: { provider, payout, recipient: isPayout ? recipient : null, payments },
      text: describe(chain, payments, isPayout ? `paid to ${recipient}` : `settled for ${payout}`),
      exitCode: failed.length === 0 ? 0 : 1,
    };
  },
});

/** Has the payout address paid. What a token refuses to send is tried again with what was settled earlier. */
async function claimOwed(chain: Chain, owed: readonly OwedWorker[], recipient: Address): Promise<Payment[]> {
  const { settled, skipped, kept } = await claimAll(chain, { items: owed, recipient });
  const refused = new Set(kept.map(({ token }) => token.toLowerCase()));
  const find = (of: { deal: bigint; node: number }) =>
    owed.find(({ deal, node }) => deal === of.deal && node === of.node);
  const made = settled.flatMap((item): Payment[] => {
    const token = find(item)?.paymentToken;
    return token === undefined || refused.has(token.toLowerCase())
      ? []
      : [{ what: nameWorker(item), token, amount: item.pay }];
  });
  const failed = skipped.flatMap((item): Payment[] => {
    const token = find(item)?.paymentToken;
    // Others were settled or released meanwhile, as anyone may: then the money is in the payout address's account already.
    return token === undefined || item.reason !== "notPayout"
      ? []
      : [{ what: nameWorker(item), token, amount: 0n, error: viewError(payoutChanged) }];
  });
  return [...made, ...failed];
}

const payoutChanged = failure("payout-changed", "Its provider's payout address is another one by now.", {
  nextStep: "Claim with the wallet of the present payout address; see it: millrace provider status",
});

/** Credits what a worker earned to its payout address's account. */
async function settleOne(chain: Chain, { deal, node, paymentToken }: OwedWorker): Promise<Payment> {
  const payment = { what: nameWorker({ deal, node }), token: paymentToken };
  try {
    return { ...payment, amount: await settleUnlessDone(chain, { deal, node }) };
  } catch (error) {
    return { ...payment, amount: 0n, error: viewError(error) };
  }
}

/** Takes what others settled to the payout address's account. */
async function withdrawAll(chain: Chain, payout: Address, to: Address): Promise<Payment[]> {
  const earned = (await readEarnings(chain, payout)).filter(({ amount }) => amount > 0n);
  return Promise.all(
    earned.map(async ({ token }) => {
      const payment = { what: "settled earlier", token: token.address };
      try {
        return { ...payment, amount: (await withdrawEarnings(chain, { token: token.address, to })).amount };
      } catch (error) {
        return { ...payment, amount: 0n, error: viewError(error) };
      }
    }),
  );
}

function nameWorker({ deal, node }: { deal: bigint; node: number }): string {
  return `deal ${deal}, node ${node}`;
}

function describe(chain: Chain, payments: readonly Payment[], where: string): string {
  const made = payments.filter(({ amount }) => amount > 0n);
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
