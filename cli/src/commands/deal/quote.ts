import { inspectModule } from "@millrace/machine";
import { moduleCid } from "@millrace/sdk";
import { defineCommand, optionalArgument } from "../../command.ts";
import type { Context } from "../../context.ts";
import { formatQuote, quoteData, quoteTerms } from "../../deal/amounts.ts";
import { chooseTerms } from "../../deal/market.ts";
import { termOptions } from "../../deal/terms.ts";
import { readBuilt } from "../../function/project.ts";
import { text } from "../../parse.ts";

/** The CID of the empty blob: what a deal costs does not depend on its module. */
const anyCid = "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku";

export const dealQuote = defineCommand({
  name: "deal quote",
  alias: "quote",
  summary: "What a deal would cost and how long a deposit lasts",
  details: "The figures are the contract's own; creating the deal charges exactly them.",
  needs: "network",
  args: {
    target: optionalArgument(
      "target",
      "the built function; it is checked as by deploy",
      text,
      "any function",
    ),
  },
  options: termOptions,
  examples: ["millrace quote --workers 3 --units 2", "millrace quote ./hello --limit 0.002 --deposit 50"],
  handler: async (context, { args, options }) => {
    const cid = args.target === undefined ? anyCid : await checkedCid(context, context.path(args.target));
    const chain = await context.chain();
    const { terms, token } = await chooseTerms(chain, context.api, options, cid);
    const { deposit, epochs } = options;
    const quote = await quoteTerms(chain, { terms, token, deposit, epochs });
    return { data: quoteData(chain, quote), text: formatQuote(chain, quote, context.paint) };
  },
});

async function checkedCid(context: Context, target: string): Promise<string> {
  const { module, runtime } = await readBuilt(target, context.api);
  if (runtime === undefined) inspectModule(module);
  return moduleCid(module);
}
