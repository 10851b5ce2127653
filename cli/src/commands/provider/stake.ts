import { millDecimals, parseAmount, readProvider, stake } from "@millrace/sdk";
import { readBalances } from "../../chain/balances.ts";
import { readParameters } from "../../chain/parameters.ts";
import { argument, defineCommand, option } from "../../command.ts";
import { failure } from "../../errors.ts";
import { formatMill, plural } from "../../format.ts";
import { formatFields } from "../../output.ts";
import { amount, smallId } from "../../parse.ts";
import { requireProvider } from "../../provider/state.ts";

export const providerStake = defineCommand({
  name: "provider stake",
  summary: "Put MILL behind your nodes; each unit of a worker locks some of it",
  details: "Whoever stakes for another provider gives the stake to it.",
  needs: "wallet",
  args: { amount: argument("amount", "how much MILL", amount) },
  options: { provider: option("--provider <id>", "the provider to stake for", smallId, "the wallet's") },
  examples: ["millrace provider stake 1000"],
  handler: async (context, { args, options }) => {
    const chain = await context.signer();
    const { address } = await context.wallet();
    const provider = options.provider ?? (await requireProvider(chain, address));
    const value = parseAmount(args.amount, millDecimals);
    const { mill } = await readBalances(chain, address);
    if (mill < value)
      throw failure(
        "balance-short",
        `The wallet holds ${formatMill(mill)}, less than ${formatMill(value)}.`,
        {
          nextStep: `Get ${formatMill(value - mill)} more, or stake less.`,
        },
      );
    context.interruption.next = "Whether it was staked shows: millrace provider status";
    const { receipt } = await stake(chain, { provider, amount: value });
    const [{ stake: now }, { stakePerUnit }] = await Promise.all([
      readProvider(chain, provider),
      readParameters(chain),
    ]);
    return {
      data: {
        provider,
        staked: value,
        free: now.free,
        locked: now.locked,
        transactionHash: receipt.transactionHash,
      },
      text: formatFields(
        [
          ["provider", String(provider)],
          ["staked", formatMill(value)],
          ["free", `${formatMill(now.free)}, enough for ${plural(now.free / stakePerUnit, "more unit")}`],
          ["locked", formatMill(now.locked)],
          ["next", "millrace node init"],
        ],
        context.paint,
      ),
    };
  },
});
