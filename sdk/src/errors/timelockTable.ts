import type { timelockAbi } from "../generated/timelockAbi.ts";
import type { ExplanationTable } from "./explain.ts";

/** The reverts of the timelock (OpenZeppelin's TimelockController and AccessControl). */
export const timelockTable: ExplanationTable<typeof timelockAbi> = {
  AccessControlBadConfirmation: () => ({
    message: "A role can be renounced by its holder only.",
    nextStep: "Send it from the account that holds the role.",
  }),
  AccessControlUnauthorizedAccount: ([account, neededRole]) => ({
    message: `${account} lacks the role ${neededRole}.`,
    nextStep: "Send it from an account with that role.",
  }),
  TimelockAlreadyBound: ([governor]) => ({
    message: `The timelock obeys the governor ${governor} already.`,
    nextStep: "Nothing is left to do: it is bound once, for good.",
  }),
  TimelockBinderUnauthorized: ([caller, expected]) => ({
    message: `The timelock is bound by ${expected}, not by ${caller}.`,
    nextStep: `Send it from ${expected}.`,
  }),
  TimelockGovernorZero: () => ({
    message: "The timelock needs a governor.",
    nextStep: "Name the governor's address.",
  }),
  FailedCall: () => ({
    message: "A call of the operation failed without a reason.",
    nextStep: "Simulate the calls one by one to see which one fails.",
  }),
  TimelockInsufficientDelay: ([delay, minDelay]) => ({
    message: `A delay of ${delay.toString()} s is too short.`,
    nextStep: `Schedule it with at least ${minDelay.toString()} s.`,
  }),
  TimelockInvalidOperationLength: ([targets, payloads, values]) => ({
    message: `The operation names ${targets.toString()} targets, ${payloads.toString()} calls and ${values.toString()} values; these must be equally many.`,
    nextStep: "Give one call and one value for each target.",
  }),
  TimelockUnauthorizedCaller: ([caller]) => ({
    message: `Only the timelock itself may do this, not ${caller}.`,
    nextStep: "Schedule it as an operation of the timelock.",
  }),
  TimelockUnexecutedPredecessor: ([predecessorId]) => ({
    message: `The operation waits for ${predecessorId}, which is not executed yet.`,
    nextStep: "Execute that one first.",
    retryable: true,
  }),
  TimelockUnexpectedOperationState: ([operationId]) => ({
    message: `The operation ${operationId} is not in the state this needs.`,
    nextStep: "Look whether it is scheduled, ready or executed.",
    retryable: true,
  }),
};
