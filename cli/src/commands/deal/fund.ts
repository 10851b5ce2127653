import { findPaymentToken, formatToken, parseAmount, readDeal, topUp } from "@millrace/sdk";
import { argument, defineCommand } from "../../command.ts";
import { requireMoney } from "../../deal/amounts.ts";
import { requireToken } from "../../deal/token.ts";
import { endOfEpoch, formatFundedThrough } from "../../format.ts";
import { formatFields } from "../../output.ts";
import { amount, dealId } from "../../parse.ts";

export const dealFund = defineCommand({
  name: "deal fund",
  summary: "Put money into a deal; anyone may",
  needs: "wallet",
  args: {
    deal: argument("deal", "the deal's id", dealId),
    amount: argument("amount", "how much, in token units", amount),
  },
  options: {},
  examples: ["millrace deal fund 1 25"],
  handler: async (context, { args }) => {
    const chain = await context.signer();
    const { terms } = await readDeal(chain, args.deal);
    const token = requireToken(chain.deployment, terms.paymentToken);
    const value = parseAmount(args.amount, token.decimals);
    await requireMoney(chain, { token, deposit: value, minimumDeposit: 0n });
    context.interruption.next = `Whether the money arrived shows: millrace deal show ${args.deal}`;
    const { receipt } = await topUp(chain, { deal: args.deal, amount: value });
    const state = await readDeal(chain, args.deal, terms);
    const through = state.fundedThroughEpoch;
    return {
      data: {
        deal: args.deal,
        amount: value,
        token,
        balance: state.balance,
        status: state.status,
        fundedThroughEpoch: through ?? null,
        fundedUntil: through === undefined ? null : (endOfEpoch(chain.deployment, through) ?? null),
        transactionHash: receipt.transactionHash,
      },
      text: formatFields(
        [
          ["deal", `${args.deal} (${state.status})`],
          ["put in", formatToken(value, findPaymentToken(chain.deployment, terms.paymentToken))],
          ["holds", formatToken(state.balance, token)],
          ["paid until", through === undefined ? undefined : formatFundedThrough(chain.deployment, through)],
        ],
        context.paint,
      ),
    };
  },
});
