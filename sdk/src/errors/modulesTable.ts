import type { modulesAbi } from "../generated/modulesAbi.ts";
import { epochInWords, type ExplanationTable } from "./explain.ts";

/** The reverts of Modules. */
export const modulesTable: ExplanationTable<typeof modulesAbi> = {
  ModulesUnauthorized: ([deal, caller, expected]) => ({
    message: `The module of deal ${deal.toString()} is set by its owner ${expected}, not by ${caller}.`,
    nextStep: `Send it from ${expected}.`,
  }),
  ModulesDigestZero: ([deal]) => ({
    message: `Deal ${deal.toString()} needs a module; a digest of zero names none.`,
    nextStep: "Name the module by its CID: millrace function build prints it.",
  }),
  ModulesDealUncommitted: ([deal]) => ({
    message: `The terms of deal ${deal.toString()} have no function commitment: none of its versions can have one.`,
    nextStep: "Set the module without one, or create a deal with one: millrace deal create",
  }),
  ModulesDealEnded: ([deal, endEpoch], context) => ({
    message: `Deal ${deal.toString()} ends with ${epochInWords(endEpoch, context)}; no other module can begin after that.`,
    nextStep: "Create a deal with the new module: millrace deal create",
  }),
  ModulesChangedAlready: ([deal, fromEpoch], context) => ({
    message: `Deal ${deal.toString()} changes its module with ${epochInWords(fromEpoch, context)} already; it can be changed once an epoch.`,
    nextStep: "Try again in that epoch.",
    retryable: true,
  }),
  ModulesVersionUnknown: ([deal, version, versions]) => ({
    message:
      versions === 0
        ? `The module of deal ${deal.toString()} was never changed: it has no version ${version}.`
        : `Deal ${deal.toString()} has the versions 1 to ${versions}, not ${version}.`,
    nextStep: `See them: millrace deal show ${deal.toString()}`,
  }),
  ModulesZeroAddress: () => ({
    message: "Modules needs the address of Deals.",
    nextStep: "Deploy it with the address of Deals.",
  }),
};
