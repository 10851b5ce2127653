import { setOffer } from "@millrace/sdk";
import { argument, defineCommand, option } from "../../command.ts";
import { choosePaymentToken } from "../../format.ts";
import { readOffer } from "../../node/offers.ts";
import { smallId, text } from "../../parse.ts";

export const offerOff = defineCommand({
  name: "offer off",
  summary: "Switch a node's offer off: it takes no new worker paid in this token",
  details: "Running workers go on. The price stays for when the offer is set again.",
  needs: "wallet",
  args: { node: argument("node", "the node's id", smallId) },
  options: { token: option("--token <symbol|address>", "payment token", text, "the network's first") },
  examples: ["millrace offer off 1"],
  handler: async (context, { args, options }) => {
    const chain = await context.signer();
    const token = choosePaymentToken(chain.deployment, options.token);
    const { askPerUnitEpoch } = await readOffer(chain, args.node, token.address);
    context.interruption.next = `Whether it is off shows: millrace offer show ${args.node}`;
    const { receipt } = await setOffer(chain, {
      node: args.node,
      token: token.address,
      askPerUnitEpoch,
      on: false,
    });
    return {
      data: { node: args.node, token, askPerUnitEpoch, on: false, transactionHash: receipt.transactionHash },
      text: `Node ${args.node} takes no new worker paid in ${token.symbol}.`,
    };
  },
});
