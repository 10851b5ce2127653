import { revokeAttestation } from "@millrace/sdk";
import { argument, defineCommand } from "../../command.ts";
import { smallId, text } from "../../parse.ts";

export const nodeRevoke = defineCommand({
  name: "node revoke",
  summary: "Take back what you attested of a node",
  details: "Workers that run stay; no deal takes the node for it any more.",
  needs: "wallet",
  args: {
    node: argument("node", "the node's id", smallId),
    attribute: argument("attribute", "what was attested, for example gpus", text),
  },
  options: {},
  examples: ["millrace node revoke 2 gpus"],
  handler: async (context, { args: { node, attribute } }) => {
    const chain = await context.signer();
    context.interruption.next = `Whether it was taken back shows: millrace node attestations ${node}`;
    const { receipt } = await revokeAttestation(chain, { node, attribute });
    return {
      data: { node, attribute, transactionHash: receipt.transactionHash },
      text: `Taken back: what you attested of ${attribute} of node ${node} counts no more.`,
    };
  },
});
