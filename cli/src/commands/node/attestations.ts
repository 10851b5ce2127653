import { isAddressEqual } from "viem";
import { argument, defineCommand, option } from "../../command.ts";
import { formatAttestations, readKnownNode } from "../../node/attributes.ts";
import { address, smallId } from "../../parse.ts";

export const nodeAttestations = defineCommand({
  name: "node attestations",
  summary: "Show what others attest of a node, and whether it holds",
  needs: "network",
  args: { node: argument("node", "the node's id", smallId) },
  options: { by: option("--by <address>", "only this account's", address, "everybody's") },
  examples: ["millrace node attestations 2"],
  handler: async (context, { args: { node }, options: { by } }) => {
    const found = await readKnownNode(await context.chain(), node);
    const attestations = found.attestations.filter(
      ({ attester }) => by === undefined || isAddressEqual(attester, by),
    );
    return {
      data: { node, revision: found.revision, attestations },
      text:
        attestations.length === 0
          ? `Nobody attests anything of node ${node}${by === undefined ? "" : ` as ${by}`}.`
          : formatAttestations({ ...found, attestations }, context.paint),
    };
  },
});
