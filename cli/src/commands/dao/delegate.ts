import { delegate, readVotes, requireAccount } from "@millrace/sdk";
import { defineCommand, optionalArgument } from "../../command.ts";
import { formatMill } from "../../format.ts";
import { formatFields } from "../../output.ts";
import { address } from "../../parse.ts";

export const daoDelegate = defineCommand({
  name: "dao delegate",
  summary: "Let MILL and stake vote: by yourself, or by somebody you trust",
  details:
    "MILL votes once it is delegated, in every vote that begins later. This covers what the wallet holds and the stake of its provider.",
  needs: "wallet",
  args: { to: optionalArgument("address", "who votes", address, "the wallet itself") },
  options: {},
  examples: ["millrace dao delegate", "millrace dao delegate 0x70997970C51812dc3A010C7d01b50e0d17dc79C8"],
  handler: async (context, { args }) => {
    const chain = await context.signer();
    const account = requireAccount(chain).address;
    context.interruption.next = "Run the same command again: what is done is not done twice.";
    const { to, mill, stake } = await delegate(chain, { to: args.to });
    const votes = await readVotes(chain, account);
    const sent = [mill, stake].filter((receipt) => receipt !== undefined);
    return {
      data: {
        ...{ account, to, held: votes.held, votes: votes.total },
        transactionHashes: sent.map(({ transactionHash }) => transactionHash),
      },
      text: formatFields(
        [
          ["votes go to", to === account ? `${to} (this wallet)` : to],
          ["of MILL", formatMill(votes.held)],
          ["of stake", votes.provider === undefined ? "no provider" : `of provider ${votes.provider}`],
          ["changed", sent.length === 0 ? "nothing: it was so already" : undefined],
          ["votes now", formatMill(votes.total)],
          ["next", "millrace dao list"],
        ],
        context.paint,
      ),
    };
  },
});
