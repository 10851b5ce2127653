import { formatToken } from "@millrace/sdk";
import { defineCommand, optionalArgument } from "../../command.ts";
import { readOffer } from "../../node/offers.ts";
import { readNodeAddress } from "../../node/state.ts";
import { formatTable } from "../../output.ts";
import { smallId } from "../../parse.ts";
import { readProviderNodes, requireProvider } from "../../provider/state.ts";

export const offerShow = defineCommand({
  name: "offer show",
  summary: "Show what your nodes (or one node) ask",
  needs: "wallet",
  args: { node: optionalArgument("node", "the node's id", smallId, "all of the wallet's provider") },
  options: {},
  examples: ["millrace offer show", "millrace offer show 2"],
  handler: async (context, { args }) => {
    const chain = await context.chain();
    const ownNodes = async () =>
      readProviderNodes(chain, await requireProvider(chain, (await context.wallet()).address));
    const nodes = args.node === undefined ? (await ownNodes()).map(({ id }) => id) : [args.node];
    // Of a node that does not exist the contract would show an offer that is off.
    if (args.node !== undefined) await readNodeAddress(chain, args.node);
    const { paymentTokens } = chain.deployment;
    const offers = await Promise.all(
      nodes.flatMap((node) =>
        paymentTokens.map(async (token) => ({
          node,
          token,
          ...(await readOffer(chain, node, token.address)),
        })),
      ),
    );
    const rows = offers.map(({ node, token, askPerUnitEpoch, on }) => [
      String(node),
      askPerUnitEpoch === 0n && !on
        ? `nothing in ${token.symbol} yet`
        : `${formatToken(askPerUnitEpoch, token)} per unit and epoch`,
      on ? "on" : "off",
    ]);
    return {
      data: { offers },
      text:
        nodes.length === 0
          ? "There is no node yet. Prepare one: millrace node init"
          : formatTable(["node", "asks", "offer"], rows, context.paint),
    };
  },
});
