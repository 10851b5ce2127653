import { listSecrets, type ListedSecret } from "@millrace/sdk";
import { argument, defineCommand } from "../../command.ts";
import { formatTime } from "../../format.ts";
import { formatTable } from "../../output.ts";
import { dealId } from "../../parse.ts";
import { describeFailures, workerData } from "../../secret/report.ts";

export const secretList = defineCommand({
  name: "secret list",
  summary: "Show the names of a deal's secrets and which workers have them",
  details: "Values are shown to nobody, not even to you.",
  needs: "wallet",
  args: { deal: argument("deal", "the deal's id", dealId) },
  options: {},
  examples: ["millrace secret list 1", "millrace secret list 1 --json"],
  handler: async (context, { args: { deal } }) => {
    const { secrets, workers } = await listSecrets(await context.signer(), deal);
    const reached = workers.filter(({ error }) => error === undefined).map(({ node }) => node);
    // A removal is of interest only while a worker still has the value.
    const shown = secrets.filter(({ removed, nodes }) => !removed || nodes.length < reached.length);
    for (const line of describeFailures(workers)) context.note(line);
    return {
      data: { deal, secrets: shown, workers: workers.map(workerData) },
      text:
        shown.length === 0
          ? `Deal ${deal} has no secrets${reached.length === 0 ? " that could be read: no worker answered" : ""}.`
          : formatTable(
              ["NAME", "SINCE", "ON NODES"],
              shown.map((secret) => [
                secret.removed ? `${secret.name} (removed)` : secret.name,
                formatTime(Math.floor(secret.version / 1000)),
                describeNodes(secret, reached),
              ]),
              context.paint,
            ),
      exitCode: reached.length === 0 ? 1 : 0,
    };
  },
});

function describeNodes({ nodes }: ListedSecret, reached: readonly number[]): string {
  const missing = reached.filter((node) => !nodes.includes(node));
  return `${nodes.join(", ")}${missing.length === 0 ? "" : ` (an older version or none on ${missing.join(", ")})`}`;
}
