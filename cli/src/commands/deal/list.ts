import {
  digestToCid,
  findPaymentToken,
  formatToken,
  readDealsOf,
  type Chain,
  type DealState,
} from "@millrace/sdk";
import { defineCommand, flag } from "../../command.ts";
import { ownerOption, readOwner } from "../../deal/owner.ts";
import { endOfEpoch, formatTime } from "../../format.ts";
import { formatTable } from "../../output.ts";

export const dealList = defineCommand({
  name: "deal list",
  summary: "List your deals",
  needs: "wallet",
  args: {},
  options: { owner: ownerOption, all: flag("--all", "with those that have ended") },
  examples: ["millrace deal list", "millrace deal list --owner 0x… --all"],
  handler: async (context, { options }) => {
    const owner = await readOwner(context, options.owner);
    const chain = await context.chain();
    const deals = (await readDealsOf(chain, owner)).filter(({ status }) => options.all || status !== "ended");
    return {
      data: { owner, deals: deals.map((deal) => dealData(chain, deal)) },
      text:
        deals.length === 0
          ? `${owner} has no ${options.all ? "" : "running "}deal. Make one: millrace function deploy`
          : formatTable(
              ["deal", "status", "workers", "costs an epoch", "paid until", "function"],
              deals.map((deal) => dealRow(chain, deal)),
              context.paint,
            ),
    };
  },
});

function dealData(chain: Chain, { id, terms, status, ...deal }: DealState): object {
  return {
    deal: id,
    status,
    workers: deal.workers,
    targetWorkers: deal.targetWorkers,
    balance: deal.balance,
    ratePerEpoch: deal.ratePerEpoch,
    token: findPaymentToken(chain.deployment, terms.paymentToken) ?? { address: terms.paymentToken },
    fundedThroughEpoch: deal.fundedThroughEpoch ?? null,
    cid: digestToCid(terms.moduleDigest),
  };
}

function dealRow(chain: Chain, deal: DealState): string[] {
  const through = deal.fundedThroughEpoch;
  const end = through === undefined ? undefined : endOfEpoch(chain.deployment, through);
  return [
    String(deal.id),
    deal.status,
    `${deal.workers} of ${deal.targetWorkers}`,
    formatToken(deal.ratePerEpoch, findPaymentToken(chain.deployment, deal.terms.paymentToken)),
    deal.status === "ended" ? "ended" : end === undefined ? "nothing is charged" : formatTime(end),
    digestToCid(deal.terms.moduleDigest),
  ];
}
