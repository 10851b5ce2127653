import { setEndpoint } from "@millrace/sdk";
import { defineCommand, option, optionalArgument } from "../../command.ts";
import { addedSettings } from "../../node/choice.ts";
import { configOption, recordPublicUrl } from "../../node/config.ts";
import { readNodeAddress } from "../../node/state.ts";
import { httpUrl, smallId } from "../../parse.ts";

export const nodeSetEndpoint = defineCommand({
  name: "node set-endpoint",
  summary: "Tell callers where a node is reached",
  details:
    "Without a URL the publicUrl of node.json is registered; a URL is registered and written into node.json, which " +
    "the daemon reads when it starts again.",
  needs: "wallet",
  args: { url: optionalArgument("url", "where callers reach the node", httpUrl, "publicUrl of node.json") },
  options: {
    config: configOption,
    node: option(
      "--node <id>",
      "a node whose settings are not on this machine",
      smallId,
      "the one in --config",
    ),
  },
  examples: [
    "millrace node set-endpoint",
    "millrace node set-endpoint https://node1.example.org --config ./node1",
  ],
  handler: async (context, { args, options }) => {
    const settings =
      options.node !== undefined && args.url !== undefined
        ? undefined
        : await addedSettings(context, options.config);
    const node = options.node ?? settings?.nodeId ?? 0;
    const endpoint = args.url ?? settings?.publicUrl ?? "";
    const chain = await context.signer();
    const { endpoint: before } = await readNodeAddress(chain, node);
    context.interruption.next = `Whether it was set shows: millrace node status ${node}`;
    const isChange = before !== endpoint;
    if (isChange) await setEndpoint(chain, { node, peerId: "", endpoint });
    const isWritten = settings?.publicUrl !== endpoint && settings !== undefined;
    if (isWritten) await recordPublicUrl(settings.file, endpoint);
    return {
      data: { node, endpoint, before, changed: isChange },
      text: [
        isChange
          ? `Node ${node} is found at ${endpoint} now.`
          : `Node ${node} is found at ${endpoint} already.`,
        ...(isWritten
          ? [`Start it again, so that it knows: millrace node start --config ${settings.file}`]
          : []),
        `See if it answers: millrace node status ${node}`,
      ].join("\n"),
    };
  },
});
