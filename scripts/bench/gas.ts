/**
 * The gas of the main operations beside the peers': whole transactions in the steady state, from the Solidity tests in
 * test/gas, which are run first, so that no figure is stale. docs/protocol.md, "Gas to reach", says what each row is.
 */
import type { Measurement } from "../bench.ts";
import { measureGas } from "../gas.ts";

/** Figure → the snapshot file in snapshots/ that has it under the same name. */
const sources = {
  createDeal: "Deals",
  match3: "Deals",
  matchEach: "Deals",
  attend: "Core",
  claim: "Deals",
  addNode: "Core",
  stake: "Core",
  attendAll50: "Core",
  attest: "Core",
  claim300Epochs: "Deals",
  claimAll50: "Deals",
  claimAllEach: "Deals",
  createAndMatch3: "Deals",
  match3Tipped: "Deals",
  payTip: "Deals",
  challenge: "Deals",
  setTarget: "Deals",
  setTargetDismissing: "Deals",
  setModuleFirst: "Deals",
  setModule: "Deals",
  setScaler: "Deals",
  setTargetByScaler: "Deals",
  createDealCommitted: "Deals",
  createDealAttested8: "Deals",
  match3Attested8: "Deals",
  matchEachAttested8: "Deals",
  createDealFirst: "FirstUse",
  match2First: "FirstUse",
  claimFirst: "FirstUse",
  attendFirst: "FirstUse",
  createDealWithPermit: "Permit",
  createAndMatch2WithPermit: "Permit",
  topUpWithPermit: "Permit",
} as const;

/**
 * What the nearest operation costs elsewhere, whole transactions without approvals, the low end of each range. Measured
 * by us in November 2026 with real transactions on one EVM (anvil 1.7.1, the same on Hardhat's), each repository with its
 * own compiler settings.
 * Fluence deal V1 at b87aa6a: create a deal; match 3 workers (up to 1,543k); what each further worker adds between 3 and
 * 10 workers (1,449k and 3,360k); a provider collects (up to 185k); an offer with one node of 8 units; collateral for 8
 * units. Filecoin Pay: create a rail and set its rate; settle. The Graph Horizon: stake; collect with a signed voucher.
 * iExec: matchOrders.
 */
const peers = {
  "Fluence V1": {
    createDeal: 690_000,
    match3: 1_449_000,
    matchEach: 273_000,
    claim: 151_000,
    addNode: 892_000,
    stake: 263_000,
  },
  "Filecoin Pay": { createDeal: 326_000, claim: 94_000 },
  "The Graph Horizon": { claim: 162_000, stake: 76_000 },
  iExec: { match3: 587_000 },
};

/**
 * Measures the rows of the protocol page's gas table.
 *
 * @returns gas by operation
 * @throws Error if a gas test fails or a figure is missing
 */
export async function run(): Promise<Measurement> {
  const measured = await measureGas();
  const figures: Record<string, number> = {};
  for (const [key, file] of Object.entries(sources)) {
    const gas = measured[file]?.[key];
    if (gas === undefined) throw new Error(`snapshots/${file}.json has no figure ${key}.`);
    figures[key] = gas;
  }
  return { figures, peers };
}
