import {
  dealsAbi,
  formatToken,
  parseAmount,
  read,
  readDeal,
  requireAccount,
  settleWorker,
  withdrawDeal,
  withdrawRefund,
  type Chain,
  type Terms,
} from "@millrace/sdk";
import type { Address } from "viem";
import { readOwedWorkers } from "../../chain/owedWorkers.ts";
import { argument, defineCommand, option, optionalArgument } from "../../command.ts";
import { requireToken } from "../../deal/token.ts";
import { failure } from "../../errors.ts";
import { address, amount, dealId } from "../../parse.ts";

export const dealWithdraw = defineCommand({
  name: "deal withdraw",
  summary: "Take money out of a deal, with the refunds for epochs its workers missed",
  details:
    "A running deal keeps what the contract needs for its next epochs; an ended one gives everything. Refunds are " +
    "settled for each worker first, so this may be several transactions; run it again after an interruption.",
  needs: "wallet",
  args: {
    deal: argument("deal", "the deal's id", dealId),
    amount: optionalArgument("amount", "how much, in token units", amount, "all that can be withdrawn"),
  },
  options: { to: option("--to <address>", "who gets the money", address, "the wallet") },
  examples: ["millrace deal withdraw 1", "millrace deal withdraw 1 10 --to 0x…"],
  handler: async (context, { args, options }) => {
    const chain = await context.signer();
    const to = options.to ?? (await context.wallet()).address;
    const { terms, withdrawable } = await readDeal(chain, args.deal);
    const token = requireToken(chain.deployment, terms.paymentToken);
    const value = args.amount === undefined ? withdrawable : parseAmount(args.amount, token.decimals);
    context.interruption.next = `Run it again, it takes what is left: millrace deal withdraw ${String(args.deal)}`;
    const refund = args.amount === undefined ? await pullRefund(chain, args.deal, terms, to) : 0n;
    if (value === 0n && refund === 0n)
      throw failure(
        "nothing-to-withdraw",
        `Deal ${String(args.deal)} has nothing that can be withdrawn now.`,
        {
          nextStep: `millrace deal show ${String(args.deal)}`,
        },
      );
    if (value > 0n) await withdrawDeal(chain, { deal: args.deal, terms, amount: value, to });
    const parts = [
      ...(value > 0n ? [`${formatToken(value, token)} from the deal's balance`] : []),
      ...(refund > 0n ? [`${formatToken(refund, token)} refunded for missed epochs`] : []),
    ];
    return {
      data: { deal: args.deal, token, to, withdrawn: value, refunded: refund },
      text: `${to} got ${parts.join(" and ")}.`,
    };
  },
});

/** Settles what workers missed and pulls the wallet's whole refund account in this token. */
async function pullRefund(chain: Chain, deal: bigint, terms: Terms, to: Address): Promise<bigint> {
  for (const { node, throughEpoch, refund } of await readOwedWorkers(chain, { deal }))
    if (refund > 0n) await settleWorker(chain, { deal, terms, node, upToEpoch: throughEpoch });
  const account = requireAccount(chain);
  const refund = await read(chain, {
    address: chain.deployment.contracts.deals,
    abi: dealsAbi,
    functionName: "refunds",
    args: [account.address, terms.paymentToken],
  });
  if (refund > 0n) await withdrawRefund(chain, { token: terms.paymentToken, to });
  return refund;
}
