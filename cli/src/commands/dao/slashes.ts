import { readSlashes, type Slash } from "@millrace/sdk";
import { defineCommand } from "../../command.ts";
import { readNow } from "../../dao/report.ts";
import { formatMill, formatTime } from "../../format.ts";
import { formatTable } from "../../output.ts";

export const daoSlashes = defineCommand({
  name: "dao slashes",
  summary: "Show every slash and what became of it, and who may slash",
  details:
    "Read from the chain alone. A slash waits in escrow: the guardian vetoes it with millrace dao veto, the token holders with millrace dao propose --veto-slash.",
  needs: "network",
  args: {},
  options: {},
  examples: ["millrace dao slashes"],
  handler: async (context) => {
    const chain = await context.chain();
    const [{ slashes, slashers }, now] = await Promise.all([readSlashes(chain), readNow(chain)]);
    const rows = slashes.map((slash) => [
      String(slash.id),
      stateInWords(slash, now),
      formatMill(slash.amount),
      `provider ${slash.provider}, node ${slash.node} in deal ${slash.deal}`,
    ]);
    const named = slashers.map(({ address, activeFrom }) =>
      activeFrom > now ? `${address} from ${formatTime(activeFrom)} on` : address,
    );
    return {
      data: { slashes, slashers },
      text: [
        rows.length === 0
          ? "Nobody was slashed."
          : formatTable(["slash", "state", "amount", "lost by"], rows, context.paint),
        `slashers  ${named.length === 0 ? "none: only evictions slash" : named.join("\n          ")}`,
      ].join("\n"),
    };
  },
});

function stateInWords({ state, vetoEndsAt }: Slash, now: number): string {
  if (state !== "escrowed") return state;
  return vetoEndsAt > now ? `can be vetoed until ${formatTime(vetoEndsAt)}` : "due";
}
