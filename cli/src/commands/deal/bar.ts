import { isAddressEqual, zeroAddress } from "viem";
import { barProvider, readProvider, readWorkers } from "@millrace/sdk";
import { argument, defineCommand } from "../../command.ts";
import { failure } from "../../errors.ts";
import { dealId, smallId } from "../../parse.ts";

export const dealBar = defineCommand({
  name: "deal bar",
  summary: "Keep a provider out of a deal's next matches",
  details: "Workers of the provider that serve it now go on; end them with millrace deal dismiss.",
  needs: "wallet",
  args: {
    deal: argument("deal", "the deal's id", dealId),
    provider: argument("provider", "the provider's id", smallId),
  },
  options: {},
  examples: ["millrace deal bar 1 2"],
  handler: async (context, { args: { deal, provider } }) => {
    const chain = await context.signer();
    // The contract would take any number: a mistyped one must not look as if it kept somebody out.
    if (isAddressEqual((await readProvider(chain, provider)).owner, zeroAddress))
      throw failure("provider-unknown", `There is no provider ${provider}.`, {
        nextStep: `See the providers of its workers: millrace deal show ${deal}`,
      });
    context.interruption.next = `Run it again to be sure: millrace deal bar ${deal} ${provider}`;
    const { receipt } = await barProvider(chain, { deal, provider });
    const nodes = (await readWorkers(chain, deal))
      .filter((worker) => worker.provider === provider && worker.lastEpoch === undefined)
      .map(({ node }) => node);
    return {
      data: { deal, provider, barred: true, serving: nodes, transactionHash: receipt.transactionHash },
      text: [
        `Provider ${provider} gets no more workers of deal ${deal}.`,
        ...nodes.map(
          (node) => `Its node ${node} still serves; end it: millrace deal dismiss ${deal} ${node}`,
        ),
      ].join("\n"),
    };
  },
});
