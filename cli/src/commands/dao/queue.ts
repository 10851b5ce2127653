import { queueProposal } from "@millrace/sdk";
import { defineStep } from "../../dao/step.ts";

export const daoQueue = defineStep({
  verb: "queue",
  summary: "Put a proposal that was agreed to into the timelock; anyone may",
  details: "The timelock's delay begins: whoever disagrees can leave before it is carried out.",
  done: ["queued", "executed"],
  take: queueProposal,
});
