import { readShares, readSlashes, withdrawShares } from "@millrace/sdk";
import { isAddressEqual, type Address } from "viem";
import { defineCommand, option } from "../../command.ts";
import { readNow } from "../../dao/report.ts";
import { formatMill, formatTime } from "../../format.ts";
import { address } from "../../parse.ts";

const ownerPercent = 40n;
const reporterPercent = 10n;

export const dealCompensation = defineCommand({
  name: "deal compensation",
  summary: "Take your part of the slashes of your deals' workers, and of those that you reported",
  details:
    "When a worker is slashed, for example because it was evicted, 40 % are for the deal's owner and 10 % for whoever " +
    "reported it, in MILL, once nobody can veto it any more and it was executed; a backend's keeper sees to that. Shows " +
    "also what is still to come.",
  needs: "wallet",
  args: {},
  options: { to: option("--to <address>", "who gets the MILL", address, "the wallet") },
  examples: ["millrace deal compensation"],
  handler: async (context, { options }) => {
    const chain = await context.signer();
    const { address: account } = await context.wallet();
    const to = options.to ?? account;
    context.interruption.next = "Run it again, it takes what is left: millrace deal compensation";
    const [shares, { slashes }, now] = await Promise.all([
      readShares(chain, account),
      readSlashes(chain),
      readNow(chain),
    ]);
    const amount = shares === 0n ? 0n : (await withdrawShares(chain, { to })).amount;
    const pending = slashes
      .filter(({ state }) => state === "escrowed")
      .map((slash) => ({ ...slash, share: shareOf(slash, account) }))
      .filter(({ share }) => share > 0n);
    return {
      data: {
        to,
        amount,
        pending: pending.map(({ id, deal, node, share, vetoEndsAt }) => ({
          slash: id,
          deal,
          node,
          share,
          vetoEndsAt,
        })),
      },
      text: [
        amount === 0n
          ? "No executed slash has anything for this wallet."
          : `${formatMill(amount)} paid to ${to}`,
        ...pending.map(
          ({ id, deal, node, share, vetoEndsAt }) =>
            `${formatMill(share)} of slash ${id} (node ${node} in deal ${deal}) ` +
            (vetoEndsAt > now
              ? `may follow: it can be vetoed until ${formatTime(vetoEndsAt)}`
              : `are due as soon as anyone executes it, as keepers do`),
        ),
      ].join("\n"),
    };
  },
});

/** What an executed slash brings an account: docs/protocol.md, Staking. */
function shareOf(
  { amount, owner, reporter }: { amount: bigint; owner: Address; reporter: Address },
  account: Address,
): bigint {
  const part = (who: Address, percent: bigint) =>
    isAddressEqual(who, account) ? (amount * percent) / 100n : 0n;
  return part(owner, ownerPercent) + part(reporter, reporterPercent);
}
