import { formatToken, readDeal, stopDeal } from "@millrace/sdk";
import { unlessDone } from "../../chain/retake.ts";
import { argument, defineCommand } from "../../command.ts";
import { requireToken } from "../../deal/token.ts";
import { endOfEpoch, formatTime } from "../../format.ts";
import { formatFields } from "../../output.ts";
import { dealId } from "../../parse.ts";

const ending = new Set(["deals-ended"]);

export const functionDelete = defineCommand({
  name: "function delete",
  summary: "Take a function off the network: end its deal and say what comes back",
  details:
    "The workers serve, and are paid, until the present epoch is over; then nothing answers any more and what is left " +
    "can be withdrawn. Run again on a deal that ends already, it says the same and changes nothing.",
  needs: "wallet",
  args: { deal: argument("deal", "the function's deal", dealId) },
  options: {},
  examples: ["millrace function delete 1"],
  handler: async (context, { args: { deal } }) => {
    const chain = await context.signer();
    const before = await readDeal(chain, deal);
    const token = requireToken(chain.deployment, before.terms.paymentToken);
    context.interruption.next = `Whether it ends shows: millrace deal show ${deal}`;
    // Also if its terms name a later end; refused if it ends no later already.
    const stopped = await unlessDone(ending, stopDeal(chain, { deal }));
    const state = await readDeal(chain, deal, before.terms);
    const end = state.endEpoch === undefined ? undefined : endOfEpoch(chain.deployment, state.endEpoch);
    const isOver = state.status === "ended";
    // What the balance shows has paid through the present epoch, which is the last.
    const back = formatToken(state.balance, token);
    return {
      data: {
        deal,
        status: state.status,
        endEpoch: state.endEpoch ?? null,
        endsAt: end ?? null,
        comesBack: state.balance,
        token,
        transactionHash: stopped?.receipt.transactionHash ?? null,
      },
      text: formatFields(
        [
          ["deal", `${deal}${stopped === undefined ? " (stopped before)" : ""}`],
          [
            isOver ? "served until" : "serves until",
            `the end of epoch ${state.endEpoch}${end === undefined ? "" : `, ${formatTime(end)}`}`,
          ],
          ["comes back", `${back}, and refunds for epochs that workers missed`],
          ...(isOver ? [] : [["until then", `millrace deal watch ${deal}`] as const]),
          ["then", `millrace deal withdraw ${deal}`],
        ],
        context.paint,
      ),
    };
  },
});
