import { defineCommand } from "../../command.ts";
import { formatQuote, quoteData, quoteTerms } from "../../deal/amounts.ts";
import { chooseTerms } from "../../deal/market.ts";
import { termOptions } from "../../deal/terms.ts";

/** The CID of the empty blob: what a deal costs does not depend on its module. */
const anyCid = "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku";

export const dealQuote = defineCommand({
  name: "deal quote",
  alias: "quote",
  summary: "What a deal would cost and how long a deposit lasts",
  details: "The figures are the contract's own; creating the deal charges exactly them.",
  needs: "network",
  args: {},
  options: termOptions,
  examples: ["millrace quote --workers 3 --units 2", "millrace quote --limit 0.002 --deposit 50"],
  handler: async (context, { options }) => {
    const chain = await context.chain();
    const { terms, token } = await chooseTerms(chain, context.api, options, anyCid);
    const { deposit, epochs } = options;
    const quote = await quoteTerms(chain, { terms, token, deposit, epochs });
    return { data: quoteData(chain, quote), text: formatQuote(chain, quote, context.paint) };
  },
});
