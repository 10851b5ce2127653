import { attributeNames, setAttributes } from "@millrace/sdk";
import { defineCommand, many } from "../../command.ts";
import { setting } from "../../deal/constraints.ts";
import { failure, UsageError } from "../../errors.ts";
import { plural } from "../../format.ts";
import { declared, formatAttestations, formatDeclared, readKnownNode } from "../../node/attributes.ts";
import { chosenNode, nodeArgument } from "../../node/choice.ts";
import { configOption } from "../../node/config.ts";
import { text } from "../../parse.ts";

export const nodeAttributes = defineCommand({
  name: "node attributes",
  summary: "Show what a node is said to be, and set attributes by name",
  details:
    "Region, country, hardware class, cores, memory and bandwidth are given with millrace node add. Beyond them a node " +
    "has up to 8 attributes of any name, such as gpus; developers ask for them with --require. They are set while the " +
    "node has no worker, and what others attested of it before holds no more then.",
  needs: "wallet",
  args: { node: nodeArgument },
  options: {
    config: configOption,
    set: many("--set <name=value>", "set an attribute, may be given several times", setting),
    remove: many("--remove <name>", "remove an attribute, may be given several times", text),
  },
  examples: [
    "millrace node attributes",
    "millrace node attributes 2 --set gpus=2 --set gpu-memory=24",
    "millrace node attributes --remove gpus",
  ],
  handler: async (context, { args, options }) => {
    const node = await chosenNode(context, args.node, options.config);
    const changes = Object.fromEntries([
      ...options.set.map(({ attribute, value }) => [attribute, value] as const),
      ...options.remove.map((attribute) => [attribute, 0n] as const),
    ]);
    const names = Object.keys(changes);
    requireFurther(names);
    if (names.length > 0) {
      const chain = await context.signer();
      const { revision } = await readKnownNode(chain, node);
      context.interruption.next = `Whether they were set shows: millrace node attributes ${node}`;
      await setAttributes(chain, { node, attributes: changes });
      context.note(`Set ${plural(names.length, "attribute")} of node ${node}; it was revision ${revision}.`);
    }
    const found = await readKnownNode(await context.chain(), node);
    const { provider, revision, retired, attestations } = found;
    return {
      data: {
        node,
        provider,
        revision,
        retired,
        attributes: Object.fromEntries(declared(found)),
        attestations,
      },
      text: [
        formatDeclared(node, found, context.paint),
        ...(attestations.length === 0 ? [] : [formatAttestations(found, context.paint)]),
      ].join("\n\n"),
    };
  },
});

/** The packed attributes have a way of their own. */
function requireFurther(names: readonly string[]): void {
  const packed = names.find((name) => attributeNames.some((known) => known === name));
  if (packed !== undefined)
    throw new UsageError(`${packed} is given when a node is added; --set is for attributes beyond those.`);
  const bad = names.find((name) => !/^[A-Za-z0-9._-]{1,32}$/.test(name));
  if (bad !== undefined)
    throw failure("attribute-invalid", `"${bad}" is no name of an attribute.`, {
      nextStep: "Use 1 to 32 letters, digits, dots, underscores and dashes.",
    });
}
