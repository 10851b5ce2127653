import { resumeEntry } from "@millrace/sdk";
import { defineCommand } from "../../command.ts";

export const daoResume = defineCommand({
  name: "dao resume",
  summary: "Open the entry before the pause is over; the guardian may",
  needs: "wallet",
  args: {},
  options: {},
  examples: ["millrace dao resume"],
  handler: async (context) => {
    const chain = await context.signer();
    context.interruption.next = "Whether entry is open shows: millrace dao params";
    const { receipt } = await resumeEntry(chain);
    return {
      data: { entryPausedUntil: null, transactionHash: receipt.transactionHash },
      text: "Entry is open.\nnext  millrace dao params",
    };
  },
});
