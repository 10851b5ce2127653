import { epochAt, MillraceError, read, registryAbi } from "@millrace/sdk";
import type { Address } from "viem";
import { reading } from "../../chain/reading.ts";
import { defineCommand, optionalArgument } from "../../command.ts";
import type { Context } from "../../context.ts";
import { failure } from "../../errors.ts";
import { formatEther } from "../../format.ts";
import { configOption, readNode } from "../../node/config.ts";
import { describeAttributes } from "../../node/machine.ts";
import { readNodeStatus, type RemoteStatus } from "../../node/remote.ts";
import { readNodeAddress } from "../../node/state.ts";
import { formatFields, formatTable } from "../../output.ts";
import { smallId } from "../../parse.ts";

export const nodeStatus = defineCommand({
  name: "node status",
  summary: "Show how a node does: on the chain and by its own word",
  needs: "network",
  args: { node: optionalArgument("node", "the node's id", smallId, "the node in --config") },
  options: { config: configOption },
  examples: ["millrace node status", "millrace node status 2"],
  handler: async (context, { args, options }) => {
    const id = args.node ?? (await configuredId(context, options.config));
    const chain = await context.chain();
    const { operator, endpoint } = await readNodeAddress(chain, id);
    const address = chain.deployment.contracts.registry;
    const { timestamp } = await reading(chain, () => chain.publicClient.getBlock());
    const epoch = epochAt(chain.deployment, timestamp);
    const [node, attended, gasMoney, remote] = await Promise.all([
      read(chain, { address, abi: registryAbi, functionName: "getNode", args: [id] }),
      read(chain, { address, abi: registryAbi, functionName: "attended", args: [id, epoch] }),
      reading(chain, () => chain.publicClient.getBalance({ address: operator })),
      ask(endpoint, operator),
    ]);
    const deals = remote.status?.deals ?? [];
    const { provider, units, unitsInUse, retired, attributes } = node;
    return {
      data: {
        ...{
          node: id,
          provider,
          operator,
          endpoint,
          retired,
          units,
          unitsInUse,
          attributes,
          epoch,
          attended,
          gasMoney,
        },
        isUp: remote.status !== undefined,
        problem: remote.problem ?? null,
        deals,
      },
      text: [
        formatFields(
          [
            ["node", `${id} of provider ${provider}${retired ? ", retired" : ""}`],
            ["endpoint", `${endpoint}${remote.status === undefined ? "" : ", answers"}`],
            ["problem", remote.problem],
            ["machine", describeAttributes(attributes)],
            ["units", `${unitsInUse} of ${units} in use`],
            ["attended", `${attended ? "yes" : "not yet"} (epoch ${epoch})`],
            ["operator", `${operator} with ${formatEther(gasMoney)} for gas`],
          ],
          context.paint,
        ),
        ...(deals.length === 0
          ? []
          : [
              formatTable(
                ["deal", "state", "function"],
                deals.map(({ deal, state, reason, cid }) => [
                  deal,
                  reason === undefined ? state : `${state}: ${reason}`,
                  cid,
                ]),
                context.paint,
              ),
            ]),
      ].join("\n\n"),
      exitCode: remote.problem === undefined ? 0 : 1,
    };
  },
});

async function configuredId(context: Context, config: string | undefined): Promise<number> {
  const { nodeId, file } = await readNode(
    config === undefined ? undefined : context.path(config),
    context.cwd,
  );
  if (nodeId !== undefined) return nodeId;
  throw failure("node-not-added", `The node in ${file} is not registered yet.`, {
    nextStep: `millrace node add --config ${file} --ask <price per unit and epoch>`,
  });
}

/** What the node says, or why that cannot be taken for its word. */
async function ask(
  endpoint: string,
  operator: Address,
): Promise<{ status?: RemoteStatus; problem?: string | undefined }> {
  try {
    const status = await readNodeStatus(endpoint);
    const isOther = status.operator.toLowerCase() !== operator.toLowerCase();
    if (isOther)
      return { status, problem: `what answers there speaks for ${status.operator}, not for this node` };
    return { status, problem: status.attendanceProblem };
  } catch (error) {
    if (error instanceof MillraceError)
      return { problem: [error.shortMessage, error.details].filter((part) => part !== undefined).join(" ") };
    throw error;
  }
}
