import { formatToken, readTreasury } from "@millrace/sdk";
import { defineCommand } from "../../command.ts";
import { formatEther, formatMill } from "../../format.ts";
import { formatFields } from "../../output.ts";

export const daoTreasury = defineCommand({
  name: "dao treasury",
  summary: "Show what the token holders can pay out",
  needs: "network",
  args: {},
  options: {},
  examples: ["millrace dao treasury"],
  handler: async (context) => {
    const treasury = await readTreasury(await context.chain());
    return {
      data: { ...treasury, tokens: treasury.tokens.map(({ token, amount }) => ({ ...token, amount })) },
      text: formatFields(
        [
          ["treasury", treasury.address],
          ["MILL", formatMill(treasury.mill)],
          ...treasury.tokens.map(({ token, amount }) => [token.symbol, formatToken(amount, token)] as const),
          ["ETH", formatEther(treasury.ether)],
          ["next", 'millrace dao propose --title "…" --pay 100:tUSD:0x…'],
        ],
        context.paint,
      ),
    };
  },
});
