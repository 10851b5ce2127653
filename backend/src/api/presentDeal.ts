import { digestToCid, type DealItem } from "@millrace/sdk";
import type { Address, Hex } from "viem";
import type { DealDetails, ModuleInForce } from "../store/deals.ts";
import { presentTerms } from "../terms.ts";
import { presentWorker } from "./present.ts";
import { isWaiting } from "./whyItWaits.ts";

/**
 * A deal from the index alone. Why it waits needs the chain, so a waiting deal refers to the single-deal route.
 * @param epoch the epoch of the answer's block
 */
export function presentDeal(details: DealDetails, epoch: number): DealItem {
  const { row, state, workers } = details;
  const module = presentModule(details.module);
  const waiting = {
    sentence: `It has ${row.workers} of ${row.targetWorkers} workers; GET /v1/deals/${row.id} says what hinders.`,
    refusals: [],
  };
  return {
    id: row.id,
    owner: row.owner as Address,
    terms: presentTerms(row.terms),
    moduleCid: module.moduleCid,
    module,
    nextModule: details.nextModule === undefined ? null : presentModule(details.nextModule),
    status: state.status,
    waitingFor: isWaiting(details) ? waiting : null,
    balance: state.balance.toString(),
    ratePerEpoch: row.ratePerEpoch.toString(),
    fundedThroughEpoch: state.fundedThroughEpoch,
    settledEpoch: state.settledEpoch,
    endEpoch: state.endEpoch,
    workers: workers.map((worker) => presentWorker(worker, state, epoch)),
    feeBps: row.feeBps,
    minFundedEpochs: row.minFundedEpochs,
    disputeWindow: row.disputeWindow,
    targetWorkers: row.targetWorkers,
    createdAtBlock: row.createdAtBlock,
  };
}

function presentModule(module: ModuleInForce): DealItem["module"] {
  const { version, moduleDigest, functionCommitment, fromEpoch } = module;
  const moduleCid = digestToCid(moduleDigest as Hex);
  return { version, moduleCid, functionCommitment: functionCommitment as Hex, fromEpoch };
}
