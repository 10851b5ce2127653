import { unbarProvider } from "@millrace/sdk";
import { argument, defineCommand } from "../../command.ts";
import { dealId, smallId } from "../../parse.ts";

export const dealUnbar = defineCommand({
  name: "deal unbar",
  summary: "Let a provider that was barred be matched again",
  needs: "wallet",
  args: {
    deal: argument("deal", "the deal's id", dealId),
    provider: argument("provider", "the provider's id", smallId),
  },
  options: {},
  examples: ["millrace deal unbar 1 2"],
  handler: async (context, { args: { deal, provider } }) => {
    const chain = await context.signer();
    context.interruption.next = `Run it again to be sure: millrace deal unbar ${deal} ${provider}`;
    const { receipt } = await unbarProvider(chain, { deal, provider });
    return {
      data: { deal, provider, barred: false, transactionHash: receipt.transactionHash },
      text: `Nodes of provider ${provider} may work for deal ${deal} again.`,
    };
  },
});
