import { epochAt, epochStart, MillraceError, readNodeStatus, type Chain } from "@millrace/sdk";
import { reading } from "../../chain/reading.ts";
import { defineCommand } from "../../command.ts";
import { failure, viewError } from "../../errors.ts";
import { formatDuration, plural } from "../../format.ts";
import { formatFields, formatTable } from "../../output.ts";

/** A chain without a block for so long has stopped, or is far behind. */
const haltedSeconds = 120;

/** A part of the network, and what is wrong with it if anything is. */
interface Part {
  readonly isUp: boolean;
  readonly says: string;
}

export const devStatus = defineCommand({
  name: "dev status",
  summary: "Show the devnet that runs here: chain, backend, nodes, accounts",
  details: "Ends with exit code 1 if a part does not answer.",
  needs: "network",
  args: {},
  options: {},
  examples: ["millrace dev status"],
  handler: async (context) => {
    const network = await context.network();
    const [chain, backend, nodes] = await Promise.all([
      check(async () => describeChain(await context.chain())),
      check(async () => {
        const health = await (await context.api()).health();
        return `${health.status}, at block ${health.asOfBlock} of ${health.headBlock}`;
      }),
      Promise.all(
        network.nodes.map(async ({ nodeId, endpoint }) => ({
          ...{ nodeId, endpoint },
          ...(await check(async () => {
            const { deals } = await readNodeStatus(endpoint);
            return `serves ${plural(deals.filter(({ state }) => state === "ready").length, "deal")}`;
          })),
        })),
      ),
    ]);
    const { file, rpcUrl, apiUrl, dashboardUrl, accounts } = network;
    const mark = ({ isUp, says }: Part) =>
      `${isUp ? context.paint.green("up") : context.paint.red("down")}, ${says}`;
    const wallets = accounts.map(({ name, address }) => ({ name, address }));
    return {
      data: { file, chain: { rpcUrl, ...chain }, backend: { apiUrl, ...backend }, nodes, wallets },
      text: [
        formatFields(
          [
            ["network", file],
            ["chain", `${rpcUrl}, ${mark(chain)}`],
            ["backend", `${apiUrl}, ${mark(backend)}`],
            ["dashboard", dashboardUrl],
            ...nodes.map((node) => [`node ${node.nodeId}`, `${node.endpoint}, ${mark(node)}`] as const),
          ],
          context.paint,
        ),
        formatTable(
          ["wallet", "address"],
          wallets.map(({ name, address }) => [name, address]),
          context.paint,
        ),
      ].join("\n\n"),
      exitCode: [chain, backend, ...nodes].every(({ isUp }) => isUp) ? 0 : 1,
    };
  },
});

async function check(say: () => Promise<string>): Promise<Part> {
  try {
    return { isUp: true, says: await say() };
  } catch (error) {
    if (error instanceof MillraceError) return { isUp: false, says: viewError(error).message };
    throw error;
  }
}

/** Where a chain stands, if it makes blocks. */
export async function describeChain(chain: Chain): Promise<string> {
  const { number, timestamp } = await reading(chain, () => chain.publicClient.getBlock());
  const epoch = epochAt(chain.deployment, timestamp);
  const ageSeconds = Math.floor(Date.now() / 1000) - Number(timestamp);
  if (ageSeconds > haltedSeconds)
    throw failure("chain-halted", `its newest block ${number} is ${formatDuration(ageSeconds)} old`, {
      nextStep: "Start the network anew with npm start, or see why its chain stands still.",
    });
  const left = epochStart(chain.deployment, epoch + 1) - Number(timestamp);
  return `block ${number}, epoch ${epoch}, the next in ${formatDuration(left)}`;
}
