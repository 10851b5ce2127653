import { defineCommand, optionalArgument } from "../../command.ts";
import { ether, formatEther, formatMill } from "../../format.ts";
import { formatFields } from "../../output.ts";
import { text } from "../../parse.ts";
import { readBalances } from "../../chain/balances.ts";
import { formatToken, millUnits } from "@millrace/sdk";
import { getAddress, isAddress } from "viem";

export const walletBalance = defineCommand({
  name: "wallet balance",
  summary: "Show what a wallet holds: the chain's coin, MILL and payment tokens",
  needs: "network",
  args: { wallet: optionalArgument("wallet", "a wallet's name or an address", text, "your wallet") },
  options: {},
  examples: ["millrace wallet balance", "millrace wallet balance provider1", "millrace wallet balance 0x…"],
  handler: async (context, { args }) => {
    const named = args.wallet;
    const isPlain = named !== undefined && isAddress(named, { strict: false });
    const wallet = isPlain ? undefined : await context.wallet(named);
    const address = wallet?.address ?? getAddress(named ?? "");
    const balances = await readBalances(await context.chain(), address);
    return {
      data: {
        ...(wallet === undefined ? {} : { name: wallet.name }),
        address,
        balances: [
          { ...ether, amount: balances.ether },
          { ...millUnits, amount: balances.mill },
          ...balances.tokens.map(({ token, amount }) => ({ ...token, amount })),
        ],
      },
      text: formatFields(
        [
          [wallet?.name ?? "address", address],
          [ether.symbol, formatEther(balances.ether)],
          [millUnits.symbol, formatMill(balances.mill)],
          ...balances.tokens.map(({ token, amount }) => [token.symbol, formatToken(amount, token)] as const),
        ],
        context.paint,
      ),
    };
  },
});
