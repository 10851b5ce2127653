import type { registryAbi } from "../generated/registryAbi.ts";
import { entryPaused, epochClockTable, epochInWords, type ExplanationTable } from "./explain.ts";

/** The reverts of the Registry. */
export const registryTable: ExplanationTable<typeof registryAbi> = {
  ...epochClockTable,
  RegistryUnauthorized: ([caller, expected]) => ({
    message: `The registry obeys ${expected} here, not ${caller}.`,
    nextStep: `Send it from ${expected}.`,
  }),
  RegistryAlreadyBound: ([deals]) => ({
    message: `The registry is bound to ${deals} already.`,
    nextStep: "Nothing is left to do: it is bound once, for good.",
  }),
  RegistryEntryPaused: ([until]) => entryPaused(until),
  RegistryProviderUnknown: ([provider]) => ({
    message: `There is no provider ${provider}.`,
    nextStep: "Register first: millrace provider register",
  }),
  RegistryOwnerHasProvider: ([owner, provider]) => ({
    message: `${owner} is provider ${provider} already; an address has one provider.`,
    nextStep: "Go on with it: millrace provider status",
  }),
  RegistryNodeUnknown: ([node]) => ({
    message: `There is no node ${node}.`,
    nextStep: "See your nodes: millrace provider status",
  }),
  RegistryNodeRetired: ([node]) => ({
    message: `Node ${node} is retired for good.`,
    nextStep: "Add a new node with a new operator key: millrace node add",
  }),
  RegistryNodeInUse: ([node, unitsInUse]) => ({
    message: `Node ${node} has ${unitsInUse} units behind workers; this waits until they are free.`,
    nextStep: "Let its workers end and be released first.",
    retryable: true,
  }),
  RegistryZeroAddress: () => ({ message: "An address is zero.", nextStep: "Name an address." }),
  RegistryZeroUnits: () => ({
    message: "A node needs at least one unit.",
    nextStep: "Give units above zero.",
  }),
  RegistryOperatorUsed: ([operator, node]) => ({
    message: `The operator key ${operator} belongs or belonged to node ${node}; a key is never used twice.`,
    nextStep: "Create another operator key: millrace wallet new",
  }),
  RegistryOperatorSignatureInvalid: ([operator]) => ({
    message: `The operator ${operator} did not sign this provider's consent.`,
    nextStep: "Sign with the operator's own key, for this chain, registry and provider.",
  }),
  RegistryOperatorNotInForce: ([operator, epoch], context) => ({
    message: `The key ${operator} speaks for no node in ${epochInWords(epoch, context)}.`,
    nextStep: "Start the node with the operator key that the registry knows for it.",
    retryable: true,
  }),
  RegistryAlreadyAttended: ([node, epoch], context) => ({
    message: `Node ${node} attended ${epochInWords(epoch, context)} already.`,
    nextStep: "Nothing is left to do in this epoch.",
  }),
  RegistryNoPayoutChange: ([provider]) => ({
    message: `Provider ${provider} has no pending change of its payout address.`,
    nextStep: "See the payout address: millrace provider status",
  }),
  RegistryUnitsShort: ([node, free, wanted]) => ({
    message: `Node ${node} has ${free} free units, ${wanted} are needed.`,
    nextStep: "Wait until units are released, or choose another node.",
    retryable: true,
  }),
};
