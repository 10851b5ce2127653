import { withdrawThawed } from "@millrace/sdk";
import { defineCommand, option } from "../../command.ts";
import { formatMill } from "../../format.ts";
import { address } from "../../parse.ts";
import { requireProvider } from "../../provider/state.ts";
import { describeThaw, readThaws } from "../../provider/thaws.ts";

export const providerWithdraw = defineCommand({
  name: "provider withdraw",
  summary: "Take out the stake that has thawed, and say when the rest is ready",
  needs: "wallet",
  args: {},
  options: { to: option("--to <address>", "who gets the MILL", address, "the wallet") },
  examples: ["millrace provider withdraw"],
  handler: async (context, { options }) => {
    const chain = await context.signer();
    const { address: owner } = await context.wallet();
    const provider = await requireProvider(chain, owner);
    const to = options.to ?? owner;
    const thaws = await readThaws(chain, provider);
    const now = Number((await chain.publicClient.getBlock()).timestamp);
    const ready = thaws.filter(({ readyAt }) => readyAt <= now);
    const waiting = thaws.filter(({ readyAt }) => readyAt > now);
    context.interruption.next = "Run it again, it takes what is left: millrace provider withdraw";
    for (const { thaw } of ready) await withdrawThawed(chain, { provider, thaw, to });
    const withdrawn = ready.reduce((sum, { amount }) => sum + amount, 0n);
    const lines = [
      ...(withdrawn === 0n ? [] : [`${formatMill(withdrawn)} paid to ${to}`]),
      ...waiting.map((thaw) => `${describeThaw(thaw, now)}: millrace provider withdraw`),
    ];
    return {
      data: { provider, to, withdrawn, waiting },
      text:
        lines.length === 0
          ? "Nothing thaws. Ask for stake: millrace provider unstake <amount>"
          : lines.join("\n"),
    };
  },
});
