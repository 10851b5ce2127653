import { argument, defineCommand, optionOr } from "../../command.ts";
import { formatReport } from "../../deal/formatReport.ts";
import { readReport, reportData } from "../../deal/report.ts";
import { dealId, integer } from "../../parse.ts";

export const dealShow = defineCommand({
  name: "deal show",
  summary: "Show a deal: what it costs, until when it is paid, who serves it, why it waits, what happened",
  details: "Everything comes from the chain and from the workers' nodes; the backend is not asked.",
  needs: "network",
  args: { deal: argument("deal", "the deal's id", dealId) },
  options: {
    events: optionOr("--events <n>", "how many of the newest events to show", integer(0, 100_000), 10),
  },
  examples: ["millrace deal show 1", "millrace deal show 1 --events 100"],
  handler: async (context, { args, options }) => {
    const chain = await context.chain();
    const report = await readReport(chain, args.deal, options);
    return { data: reportData(report, chain), text: formatReport(report, chain, context.paint) };
  },
});
