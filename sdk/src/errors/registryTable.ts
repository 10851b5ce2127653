import { attributeName } from "../attributes.ts";
import { formatTime } from "../units.ts";
import type { registryAbi } from "../generated/registryAbi.ts";
import { entryPaused, epochClockTable, epochInWords, type ExplanationTable } from "./explain.ts";

/** The reverts of the Registry. */
export const registryTable: ExplanationTable<typeof registryAbi> = {
  ...epochClockTable,
  RegistryUnauthorized: ([caller, expected]) => ({
    message: `Only ${expected} may do this in the registry, and it was sent from ${caller}.`,
    nextStep: `Sign with that account's wallet: --wallet <name>`,
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
  RegistryEpochNotPresent: ([epoch, present], context) => ({
    message: `Attendance is taken in its epoch alone: ${epochInWords(epoch, context)} is not the present one, ${present} is.`,
    nextStep: "Collect the operators' signatures for the present epoch and send those.",
    retryable: true,
  }),
  RegistryLengthsDiffer: ([attributes, values]) => ({
    message: `${attributes} attributes came with ${values} values.`,
    nextStep: "Give each attribute one value.",
  }),
  RegistryAttributeInvalid: ([attribute]) => ({
    message: `${attributeName(attribute)} can't be set here as an attribute.`,
    nextStep: "Give a name that begins with a letter; cores, memory and the like belong to the node itself.",
  }),
  RegistryTooManyAttributes: ([node, count, maximum]) => ({
    message: `Node ${node} would have ${count} further attributes; ${maximum} is the most.`,
    nextStep: "Remove one first: set it to 0.",
  }),
  RegistryZeroValue: () => ({
    message: "An attribute of 0 is a missing one, so nobody can attest it.",
    nextStep: "Give a value above 0, or revoke the attestation: millrace attest revoke",
  }),
  RegistryAttestationExpired: ([expiresAt]) => ({
    message: `The attestation would end at ${formatTime(Number(expiresAt))}, which is over.`,
    nextStep: "Give a later end.",
  }),
  RegistryAttestationUnknown: ([node, attribute, attester]) => ({
    message: `${attester} attests nothing about ${attributeName(attribute)} of node ${node}.`,
    nextStep: "See what is attested: millrace attest list",
  }),
  RegistryNodeRevised: ([node, expected, actual]) => ({
    message: `Node ${node} was changed by its owner since: it is at revision ${actual}, not ${expected}.`,
    nextStep: "Look at the node again, then attest what it is now.",
    retryable: true,
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
