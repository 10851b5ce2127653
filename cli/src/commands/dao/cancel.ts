import { cancelProposal } from "@millrace/sdk";
import { defineStep } from "../../dao/step.ts";

export const daoCancel = defineStep({
  verb: "cancel",
  summary: "Take a proposal of your own back before its vote begins",
  take: cancelProposal,
});
