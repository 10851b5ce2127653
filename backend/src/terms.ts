import { attributeName, listModes, nameAt, operators, type TermsJson } from "@millrace/sdk";
import type { TermsRow } from "./store/rows.ts";

/** The terms of a row as the API shows them; `termsFromJson` of the SDK makes the contract's struct of these. */
export function presentTerms(row: TermsRow): TermsJson {
  return {
    paymentToken: row.paymentToken,
    moduleDigest: row.moduleDigest,
    functionCommitment: row.functionCommitment,
    unitsPerWorker: Number(row.unitsPerWorker),
    minWorkers: Number(row.minWorkers),
    targetWorkers: Number(row.targetWorkers),
    maxWorkers: Number(row.maxWorkers),
    maxWorkersPerProvider: Number(row.maxWorkersPerProvider),
    priceLimit: row.priceLimit,
    minimumAsk: row.minimumAsk,
    priceToleranceBps: Number(row.priceToleranceBps),
    tipPerWorker: row.tipPerWorker,
    endEpoch: Number(row.endEpoch),
    openToAll: row.openToAll,
    permissionIssuer: row.permissionIssuer,
    constraints: row.constraints.map(({ attribute, operator, value, attester }) => ({
      attribute: attributeName(attribute),
      operator: nameAt(operators, Number(operator)),
      value,
      attester,
    })),
    listMode: nameAt(listModes, Number(row.listMode)),
    providers: row.providers.map(Number),
  };
}
