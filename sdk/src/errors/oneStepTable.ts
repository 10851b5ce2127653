import type { oneStepAbi } from "../generated/oneStepAbi.ts";
import type { ExplanationTable } from "./explain.ts";

const again =
  "Make the witness anew from a replay of the same program and input, at the same step: millrace function step";

/** The reverts of OneStep. */
export const oneStepTable: ExplanationTable<typeof oneStepAbi> = {
  WitnessLengthDiffers: ([expected, actual]) => ({
    message: `The witness has ${actual.toString()} bytes, and what it holds takes ${expected.toString()}.`,
    nextStep: again,
  }),
  WitnessStateDiffers: ([expected, actual]) => ({
    message: `The witness shows the state ${actual}, not ${expected}.`,
    nextStep: again,
  }),
  WitnessCodeDiffers: ([expected, actual]) => ({
    message: `The witness's instruction belongs to a program with the root ${actual}, not ${expected}.`,
    nextStep: again,
  }),
  WitnessInputDiffers: ([expected, actual]) => ({
    message: `The witness shows an input with the root ${actual}, not ${expected}.`,
    nextStep: again,
  }),
  WitnessDataDiffers: ([expected, actual]) => ({
    message: `The witness shows data with the root ${actual}, not ${expected}.`,
    nextStep: again,
  }),
  WitnessTooManyLeaves: ([count, most]) => ({
    message: `The witness opens ${count.toString()} leaves of a space at once; at most ${most.toString()} fit.`,
    nextStep: again,
  }),
  WitnessLeafTwice: ([leaf]) => ({
    message: `The witness opens leaf ${leaf.toString()} twice.`,
    nextStep: again,
  }),
  WitnessLeafOutOfRange: ([leaf, depth]) => ({
    message: `The witness opens leaf ${leaf.toString()} of a space that has 2^${depth.toString()} leaves.`,
    nextStep: again,
  }),
  WitnessMaskTooLong: ([rest]) => ({
    message: `The witness's mask names siblings that there are not: ${rest.toString()} is left of it.`,
    nextStep: again,
  }),
  WitnessLeafMissing: ([leaf]) => ({
    message: `The step needs leaf ${leaf.toString()}, which the witness does not open.`,
    nextStep: again,
  }),
};
