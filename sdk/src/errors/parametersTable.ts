import { hexToString } from "viem";
import type { parametersAbi } from "../generated/parametersAbi.ts";
import type { ExplanationTable } from "./explain.ts";

/** The reverts of Parameters. */
export const parametersTable: ExplanationTable<typeof parametersAbi> = {
  ParameterUnauthorized: ([caller, expected]) => ({
    message: `Parameters obey ${expected}, not ${caller}.`,
    nextStep: "Changes go through the timelock.",
  }),
  ParameterAdminZero: () => ({ message: "The parameters need an admin." }),
  ParameterOutOfBounds: ([name, value, minimum, maximum]) => ({
    message: `${hexToString(name, { size: 32 })} can't be ${value.toString()}: it lies between ${minimum.toString()} and ${maximum.toString()}.`,
    nextStep: "Propose a value within the bounds.",
  }),
  ParameterNotMultiple: ([name, value, unit]) => ({
    message: `${hexToString(name, { size: 32 })} can't be ${value.toString()}: it is a multiple of ${unit.toString()}.`,
    nextStep: "Propose a multiple of that unit.",
  }),
};
