import { executeProposal } from "@millrace/sdk";
import { defineStep } from "../../dao/step.ts";

export const daoExecute = defineStep({
  verb: "execute",
  summary: "Carry a queued proposal out once its delay is over; anyone may",
  done: ["executed"],
  take: executeProposal,
});
