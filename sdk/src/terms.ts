import type { ContractFunctionArgs } from "viem";
import type { Static } from "typebox";
import { attributeNames, listModes, nameAt, operators } from "./api/schemas/names.ts";
import type { constraintSchema, TermsJson } from "./api/schemas/terms.ts";
import type { dealsAbi } from "./generated/dealsAbi.ts";

/** A deal's terms as the contract takes them. Prices are smallest units of the payment token per unit and epoch. */
export type Terms = ContractFunctionArgs<typeof dealsAbi, "pure", "hashTerms">[0];
export type Constraint = Terms["constraints"][number];

/** Terms as the API and files write them: enums by name, amounts as decimal strings. */
export function termsToJson(terms: Terms): TermsJson {
  return {
    paymentToken: terms.paymentToken,
    moduleDigest: terms.moduleDigest,
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
    constraints: terms.constraints.map(({ attribute, operator, value }) => ({
      attribute: nameAt(attributeNames, attribute),
      operator: nameAt(operators, operator),
      value: value.toString(),
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

function constraintFromJson({ attribute, operator, value }: Static<typeof constraintSchema>): Constraint {
  return {
    attribute: attributeNames.indexOf(attribute),
    operator: operators.indexOf(operator),
    value: BigInt(value),
  };
}
