import { argument, defineCommand } from "../../command.ts";
import { formatReport, readReport, reportData } from "../../deal/report.ts";
import { dealId } from "../../parse.ts";

export const dealShow = defineCommand({
  name: "deal show",
  summary: "Show a deal: what it costs, until when it is paid, who serves it, why it waits",
  details: "Everything comes from the chain and from the workers' nodes; the backend is not asked.",
  needs: "network",
  args: { deal: argument("deal", "the deal's id", dealId) },
  options: {},
  examples: ["millrace deal show 1"],
  handler: async (context, { args }) => {
    const chain = await context.chain();
    const report = await readReport(chain, args.deal);
    return { data: reportData(report, chain), text: formatReport(report, chain, context.paint) };
  },
});
