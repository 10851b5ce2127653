import { optionalArgument } from "../command.ts";
import type { Context } from "../context.ts";
import { failure } from "../errors.ts";
import { smallId } from "../parse.ts";
import { readNode, type NodeSettings } from "./config.ts";

/** The argument that names a node by its id instead of its settings. */
export const nodeArgument = optionalArgument("node", "the node's id", smallId, "the node in --config");

/** The node's settings of --config, or those found here. @throws MillraceError `node-missing`, `node-invalid` */
export async function settingsOf(context: Context, config: string | undefined): Promise<NodeSettings> {
  return readNode(config === undefined ? undefined : context.path(config), context.cwd);
}

/** The settings of a node that is registered. @throws MillraceError `node-not-added` */
export async function addedSettings(
  context: Context,
  config: string | undefined,
): Promise<NodeSettings & { readonly nodeId: number }> {
  const settings = await settingsOf(context, config);
  const { nodeId, file } = settings;
  if (nodeId !== undefined) return { ...settings, nodeId };
  throw failure("node-not-added", `The node in ${file} is not registered yet.`, {
    nextStep: `millrace node add --config ${file} --ask <price per unit and epoch>`,
  });
}

/** The id that was typed, or that of the settings. */
export async function chosenNode(
  context: Context,
  typed: number | undefined,
  config: string | undefined,
): Promise<number> {
  return typed ?? (await addedSettings(context, config)).nodeId;
}
