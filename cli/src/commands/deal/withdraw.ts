import {
  dealsAbi,
  formatToken,
  parseAmount,
  read,
  readDealView,
  requireAccount,
  withdrawDeal,
  withdrawRefund,
  type Chain,
} from "@millrace/sdk";
import type { Address } from "viem";
import { readOwedWorkers } from "../../chain/owedWorkers.ts";
import { retake } from "../../chain/retake.ts";
import { settleUnlessDone } from "../../chain/settle.ts";
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
    const { deal: state } = await readDealView(chain, args.deal);
    const token = requireToken(chain.deployment, state.paymentToken);
    const typed = args.amount === undefined ? undefined : parseAmount(args.amount, token.decimals);
    context.interruption.next = `Run it again, it takes what is left: millrace deal withdraw ${args.deal}`;
    const refund =
      typed === undefined ? await pullRefund(chain, { deal: args.deal, token: token.address, to }) : 0n;
    const value = await withdraw(chain, { deal: args.deal, amount: typed, to });
    if (value === 0n && refund === 0n)
      throw failure("nothing-to-withdraw", `Deal ${args.deal} has nothing that can be withdrawn now.`, {
        nextStep: `millrace deal show ${args.deal}`,
      });
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

const overtaken = new Set(["deals-withdraw-too-large"]);

/** Withdraws the amount; without one all there is, read again if an epoch turned meanwhile and was charged. */
async function withdraw(
  chain: Chain,
  { deal, amount: typed, to }: { deal: bigint; amount: bigint | undefined; to: Address },
): Promise<bigint> {
  if (typed !== undefined) return (await withdrawDeal(chain, { deal, amount: typed, to })).amount;
  return retake(chain, overtaken, async () => {
    const { withdrawable } = await readDealView(chain, deal);
    return withdrawable === 0n ? 0n : (await withdrawDeal(chain, { deal, amount: withdrawable, to })).amount;
  });
}

/** Settles what workers missed and pulls the wallet's whole refund account in this token. */
async function pullRefund(
  chain: Chain,
  { deal, token, to }: { deal: bigint; token: Address; to: Address },
): Promise<bigint> {
  for (const { node, refund } of await readOwedWorkers(chain, { deal }))
    if (refund > 0n) await settleUnlessDone(chain, { deal, node });
  const refund = await read(chain, {
    address: chain.deployment.contracts.deals,
    abi: dealsAbi,
    functionName: "refunds",
    args: [requireAccount(chain).address, token],
  });
  // More may have been credited since it was read.
  return refund > 0n ? (await withdrawRefund(chain, { token, to })).amount : 0n;
}
