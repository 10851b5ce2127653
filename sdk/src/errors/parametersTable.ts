import { hexToString, isAddressEqual, zeroAddress } from "viem";
import type { parametersAbi } from "../generated/parametersAbi.ts";
import { formatTime } from "../units.ts";
import type { ExplanationTable } from "./explain.ts";

/** The reverts of Parameters. */
export const parametersTable: ExplanationTable<typeof parametersAbi> = {
  ParameterUnauthorized: ([caller, expected]) => ({
    message: `Parameters obey ${expected}, not ${caller}.`,
    nextStep: "Propose it to the token holders: millrace dao propose",
  }),
  ParameterAdminZero: () => ({
    message: "The parameters need an admin.",
    nextStep: "Deploy them with the timelock's address.",
  }),
  ParameterOutOfBounds: ([name, value, minimum, maximum]) => ({
    message: `${hexToString(name, { size: 32 })} can't be ${value.toString()}: it lies between ${minimum.toString()} and ${maximum.toString()}.`,
    nextStep: "Propose a value within the bounds.",
  }),
  ParameterGuardianUnauthorized: ([caller, guardian]) => ({
    message: isAddressEqual(guardian, zeroAddress)
      ? "There is no guardian: nobody can pause or resume entry."
      : `Only the guardian ${guardian} may do this, not ${caller}.`,
    nextStep: "See who the guardian is: millrace dao params",
  }),
  ParameterGuardianTermOver: ([endedAt]) => ({
    message: `The guardian's term ended at ${formatTime(endedAt)}.`,
    nextStep: "The token holders can renew it: millrace dao propose",
  }),
  ParameterPauseUsed: () => ({
    message: "The guardian has used its pause; it has one each time the token holders appoint it.",
    nextStep: "The token holders can renew it: millrace dao propose",
  }),
  ParameterEntryNotPaused: () => ({
    message: "Entry is open already.",
    nextStep: "See the parameters: millrace dao params",
  }),
  ParameterVetoWindowTooShort: ([window, needed]) => ({
    message: `A slash could be vetoed for ${window.toString()} s, and a decision takes ${needed.toString()} s with its margin.`,
    nextStep: "Raise slashVetoWindow in the same proposal, before what makes decisions take longer.",
  }),
  ParameterThawTooShort: ([thawPeriod, needed]) => ({
    message: `Stake would leave after ${thawPeriod.toString()} s, and a dispute takes up to ${needed.toString()} s.`,
    nextStep:
      "Keep thawPeriod at least disputeWindow and maxDisputeDuration together: raise it first, or lower them first.",
  }),
  ParameterNotMultiple: ([name, value, unit]) => ({
    message: `${hexToString(name, { size: 32 })} can't be ${value.toString()}: it is a multiple of ${unit.toString()}.`,
    nextStep: "Propose a multiple of that unit.",
  }),
};
