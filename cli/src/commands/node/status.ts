import {
  epochAt,
  MillraceError,
  read,
  readNodeStatus,
  registryAbi,
  type Chain,
  type NodeStatus,
} from "@millrace/sdk";
import type { Address } from "viem";
import { reading } from "../../chain/reading.ts";
import { defineCommand } from "../../command.ts";
import { formatEther } from "../../format.ts";
import { chosenNode, nodeArgument } from "../../node/choice.ts";
import { configOption } from "../../node/config.ts";
import { describeAttributes } from "../../node/machine.ts";
import { readNodeAddress } from "../../node/state.ts";
import { formatFields, formatTable, type Paint } from "../../output.ts";

export const nodeStatus = defineCommand({
  name: "node status",
  summary: "Show how a node does: on the chain and by its own word",
  needs: "network",
  args: { node: nodeArgument },
  options: { config: configOption },
  examples: ["millrace node status", "millrace node status 2"],
  handler: async (context, { args, options }) => {
    const id = await chosenNode(context, args.node, options.config);
    const report = await readNodeReport(await context.chain(), id);
    const { remote, ...onChain } = report;
    return {
      data: {
        ...onChain,
        isUp: remote.status !== undefined,
        problem: remote.problem ?? null,
        deals: remote.status?.deals ?? [],
        startProblems: remote.status?.problems ?? [],
      },
      text: formatNodeReport(report, context.paint),
      exitCode: remote.problem === undefined ? 0 : 1,
    };
  },
});

type NodeReport = Awaited<ReturnType<typeof readNodeReport>>;

async function readNodeReport(chain: Chain, node: number) {
  const { operator, endpoint } = await readNodeAddress(chain, node);
  const address = chain.deployment.contracts.registry;
  const { timestamp } = await reading(chain, () => chain.publicClient.getBlock());
  const epoch = epochAt(chain.deployment, timestamp);
  const [registered, attended, gasMoney, remote] = await Promise.all([
    read(chain, { address, abi: registryAbi, functionName: "getNode", args: [node] }),
    read(chain, { address, abi: registryAbi, functionName: "attended", args: [node, epoch] }),
    reading(chain, () => chain.publicClient.getBalance({ address: operator })),
    ask(endpoint, operator),
  ]);
  return { node, operator, endpoint, ...registered, epoch, attended, gasMoney, remote };
}

function formatNodeReport(report: NodeReport, paint: Paint): string {
  const { node, provider, retired, endpoint, remote, attributes, units, unitsInUse } = report;
  const { attended, epoch, operator, gasMoney } = report;
  const fields = formatFields(
    [
      ["node", `${node} of provider ${provider}${retired ? ", retired" : ""}`],
      ["endpoint", `${endpoint}${remote.status === undefined ? "" : ", answers"}`],
      ["problem", remote.problem],
      ["at its start", describeProblems(remote.status)],
      ["machine", describeAttributes(attributes)],
      ["units", `${unitsInUse} of ${units} in use`],
      ["attended", `${attended ? "yes" : "not yet"} (epoch ${epoch})`],
      ["operator", `${operator} with ${formatEther(gasMoney)} for gas`],
    ],
    paint,
  );
  const rows = (remote.status?.deals ?? []).map(({ deal, state, reason, cid, modules }) => [
    deal,
    modules === undefined ? "-" : String(modules.present.version),
    reason === undefined ? state : `${state}: ${reason}`,
    describeNext(modules?.next),
    cid,
  ]);
  return rows.length === 0
    ? fields
    : `${fields}\n\n${formatTable(["deal", "version", "state", "next version", "function"], rows, paint)}`;
}

/** What its checks found when it was started. */
function describeProblems(status: NodeStatus | undefined): string | undefined {
  const problems = status?.problems ?? [];
  if (problems.length === 0) return undefined;
  return problems.map(({ text, nextStep }) => `${text}${nextStep ? ` ${nextStep}` : ""}`).join("\n");
}

type Modules = NonNullable<NodeStatus["deals"][number]["modules"]>;

function describeNext(next: Modules["next"]): string {
  if (next === undefined) return "-";
  const { version, fromEpoch, state, reason } = next;
  return `${version} from epoch ${fromEpoch}: ${state}${reason === undefined ? "" : `, ${reason}`}`;
}

/** What the node says, or why that cannot be taken for its word. */
async function ask(
  endpoint: string,
  operator: Address,
): Promise<{ status?: NodeStatus; problem?: string | undefined }> {
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
