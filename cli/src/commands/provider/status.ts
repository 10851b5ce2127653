import { defineCommand, optionalArgument } from "../../command.ts";
import { smallId } from "../../parse.ts";
import { formatProviderReport, providerData, readProviderReport } from "../../provider/report.ts";
import { requireProvider } from "../../provider/state.ts";

export const providerStatus = defineCommand({
  name: "provider status",
  summary: "Show a provider's stake, nodes, workers and what it can claim",
  needs: "wallet",
  args: { provider: optionalArgument("provider", "the provider's id", smallId, "the wallet's") },
  options: {},
  examples: ["millrace provider status", "millrace provider status 2"],
  handler: async (context, { args }) => {
    const chain = await context.chain();
    const provider = args.provider ?? (await requireProvider(chain, (await context.wallet()).address));
    const report = await readProviderReport(chain, provider);
    return { data: providerData(report), text: formatProviderReport(report, chain, context.paint) };
  },
});
