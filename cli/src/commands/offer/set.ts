import { formatToken, setOffer } from "@millrace/sdk";
import { argument, defineCommand, option, required } from "../../command.ts";
import { parsePrice } from "../../deal/terms.ts";
import { choosePaymentToken } from "../../format.ts";
import { amount, smallId, text } from "../../parse.ts";

export const offerSet = defineCommand({
  name: "offer set",
  summary: "Set what a node asks per unit and epoch, and switch the offer on",
  details: "Running workers keep the price they were matched at.",
  needs: "wallet",
  args: { node: argument("node", "the node's id", smallId) },
  options: {
    ask: required("--ask <price>", "price per unit and epoch, in token units", amount),
    token: option("--token <symbol|address>", "payment token", text, "the network's first"),
  },
  examples: ["millrace offer set 1 --ask 0.002"],
  handler: async (context, { args, options }) => {
    const chain = await context.signer();
    const token = choosePaymentToken(chain.deployment, options.token);
    const askPerUnitEpoch = parsePrice(options.ask, token);
    context.interruption.next = `Whether it was set shows: millrace offer show ${args.node}`;
    const { receipt } = await setOffer(chain, {
      node: args.node,
      token: token.address,
      askPerUnitEpoch,
      on: true,
    });
    return {
      data: { node: args.node, token, askPerUnitEpoch, on: true, transactionHash: receipt.transactionHash },
      text: `Node ${args.node} asks ${formatToken(askPerUnitEpoch, token)} per unit and epoch.`,
    };
  },
});
