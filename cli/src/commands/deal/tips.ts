import { formatToken, withdrawEarnings } from "@millrace/sdk";
import { defineCommand, option } from "../../command.ts";
import { address } from "../../parse.ts";
import { readEarnings } from "../../provider/report.ts";

export const dealTips = defineCommand({
  name: "deal tips",
  summary: "Take the tips that your wallet earned with matches and challenges",
  details:
    "A tip is credited once its worker can be challenged no more, or has ended; a backend's keeper sees to that. If the " +
    "wallet is a provider's payout address, what others settled for it comes along.",
  needs: "wallet",
  args: {},
  options: { to: option("--to <address>", "who gets the money", address, "the wallet") },
  examples: ["millrace deal tips"],
  handler: async (context, { options }) => {
    const chain = await context.signer();
    const { address: account } = await context.wallet();
    const to = options.to ?? account;
    context.interruption.next = "Run it again, it takes what is left: millrace deal tips";
    const earned = (await readEarnings(chain, account)).filter(({ amount }) => amount > 0n);
    const paid = [];
    for (const { token } of earned) {
      // More may have been credited since it was read.
      const { amount } = await withdrawEarnings(chain, { token: token.address, to });
      paid.push({ token, amount });
    }
    return {
      data: { to, payments: paid.map(({ token, amount }) => ({ token: token.address, amount })) },
      text:
        paid.length === 0
          ? "Nothing is credited to this wallet yet."
          : paid.map(({ token, amount }) => `${formatToken(amount, token)} paid to ${to}`).join("\n"),
    };
  },
});
