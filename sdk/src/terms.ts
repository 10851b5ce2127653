import { zeroAddress, type Address, type ContractFunctionArgs } from "viem";
import type { Static } from "typebox";
import { attributeId, attributeName } from "./attributes.ts";
import { listModes, nameAt, operators, type OperatorName } from "./api/schemas/names.ts";
import type { constraintSchema, TermsJson } from "./api/schemas/terms.ts";
import type { dealsAbi } from "./generated/dealsAbi.ts";

/** A deal's terms as the contract takes them. Prices are smallest units of the payment token per unit and epoch. */
export type Terms = ContractFunctionArgs<typeof dealsAbi, "pure", "hashTerms">[0];
export type Constraint = Terms["constraints"][number];

export interface ConstraintOfParameters {
  /** a packed attribute such as "cores", or any other name */
  attribute: string;
  operator: OperatorName;
  value: bigint;
  /** whose attestation counts; default none: what the node's owner declares */
  attester?: Address | undefined;
}

/**
 * A constraint from names: a node is taken only if its attribute is so.
 * @throws MillraceError `attribute-invalid`
 */
export function constraintOf(parameters: ConstraintOfParameters): Constraint {
  const { attribute, operator, value, attester = zeroAddress } = parameters;
  return { attribute: attributeId(attribute), operator: operators.indexOf(operator), value, attester };
}

/** Terms as the API and files write them: enums and attributes by name, amounts as decimal strings. */
export function termsToJson(terms: Terms): TermsJson {
  return {
    paymentToken: terms.paymentToken,
    moduleDigest: terms.moduleDigest,
    functionCommitment: terms.functionCommitment,
    unitsPerWorker: terms.unitsPerWorker,
    minWorkers: terms.minWorkers,
    targetWorkers: terms.targetWorkers,
    maxWorkers: terms.maxWorkers,
    maxWorkersPerProvider: terms.maxWorkersPerProvider,
    priceLimit: terms.priceLimit.toString(),
    minimumAsk: terms.minimumAsk.toString(),
    priceToleranceBps: terms.priceToleranceBps,
    tipPerWorker: terms.tipPerWorker.toString(),
    endEpoch: terms.endEpoch,
    openToAll: terms.openToAll,
    permissionIssuer: terms.permissionIssuer,
    constraints: terms.constraints.map(({ attribute, operator, value, attester }) => ({
      attribute: attributeName(attribute),
      operator: nameAt(operators, operator),
      value: value.toString(),
      attester,
    })),
    listMode: nameAt(listModes, terms.listMode),
    providers: [...terms.providers],
  };
}

/** The reverse of {@link termsToJson}: `termsFromJson(termsToJson(terms))` has the same hash. */
export function termsFromJson(json: TermsJson): Terms {
  return {
    ...json,
    priceLimit: BigInt(json.priceLimit),
    minimumAsk: BigInt(json.minimumAsk),
    tipPerWorker: BigInt(json.tipPerWorker),
    constraints: json.constraints.map(constraintFromJson),
    listMode: listModes.indexOf(json.listMode),
  };
}

function constraintFromJson(json: Static<typeof constraintSchema>): Constraint {
  return constraintOf({ ...json, value: BigInt(json.value) });
}
