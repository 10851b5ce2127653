import { millDecimals, parseAmount, readProvider, requestThaw } from "@millrace/sdk";
import { argument, defineCommand } from "../../command.ts";
import { failure } from "../../errors.ts";
import { formatMill } from "../../format.ts";
import { formatFields } from "../../output.ts";
import { amount } from "../../parse.ts";
import { requireProvider } from "../../provider/state.ts";
import { describeThaw, readThaws } from "../../provider/thaws.ts";

export const providerUnstake = defineCommand({
  name: "provider unstake",
  summary: "Ask for free stake back; it thaws before it can be withdrawn",
  details:
    "Only stake that no worker has locked can leave. The time it takes to thaw is fixed now, whatever changes later.",
  needs: "wallet",
  args: { amount: argument("amount", "how much MILL", amount) },
  options: {},
  examples: ["millrace provider unstake 400"],
  handler: async (context, { args }) => {
    const chain = await context.signer();
    const provider = await requireProvider(chain, (await context.wallet()).address);
    const value = parseAmount(args.amount, millDecimals);
    const { stake } = await readProvider(chain, provider);
    if (stake.free < value)
      throw failure("stake-short", `Provider ${provider} has ${formatMill(stake.free)} of free stake.`, {
        details: `${formatMill(stake.locked)} is locked behind workers.`,
        nextStep: "Ask for less, or free a node of its work first: millrace node resign <node> --all",
      });
    context.interruption.next = "Whether it thaws shows: millrace provider status";
    const { thaw, receipt } = await requestThaw(chain, { provider, amount: value });
    const thawing = (await readThaws(chain, provider)).find((each) => each.thaw === thaw);
    const { timestamp } = await chain.publicClient.getBlock();
    return {
      data: {
        provider,
        thaw,
        amount: value,
        readyAt: thawing?.readyAt ?? null,
        free: stake.free - value,
        transactionHash: receipt.transactionHash,
      },
      text: formatFields(
        [
          ["provider", String(provider)],
          ["thaws", thawing === undefined ? formatMill(value) : describeThaw(thawing, Number(timestamp))],
          ["free", formatMill(stake.free - value)],
          ["next", "millrace provider withdraw"],
        ],
        context.paint,
      ),
    };
  },
});
