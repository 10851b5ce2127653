import { zeroAddress } from "viem";
import { argsToJson } from "../../chain/events.ts";
import { largestSmallId, type DealRow, type TermsRow } from "../../store/rows.ts";
import { change, create, noTip, rowAt, type Reducers } from "./reducer.ts";

type DealEvent =
  | "DealCreated"
  | "EpochsDecided"
  | "DealEnded"
  | "TargetChanged"
  | "TargetScaled"
  | "ScalerChanged"
  | "WorkerAssigned"
  | "NodeSkipped"
  | "WorkerResigned"
  | "WorkerEnded"
  | "WorkerSlashed"
  | "WorkerReleased"
  | "WorkerReplaced"
  | "ProviderBarred"
  | "ProviderUnbarred"
  | "ModuleChanged";

/** docs/protocol.md, "Deals": the deal and its workers. Money is in `money.ts`. */
export const dealReducers: Reducers<DealEvent> = {
  DealCreated: async ({ rows }, { args, blockNumber }) => {
    const id = Number(args.deal);
    const { terms } = args;
    await create(
      rows,
      "deal",
      { id },
      {
        id,
        owner: args.owner,
        // The struct's fields as the ABI names them.
        terms: argsToJson(terms) as unknown as TermsRow,
        paymentToken: terms.paymentToken,
        unitsPerWorker: terms.unitsPerWorker,
        minWorkers: terms.minWorkers,
        targetWorkers: terms.targetWorkers,
        feeBps: args.feeBps,
        minFundedEpochs: args.minFundedEpochs,
        disputeWindow: args.disputeWindow,
        balance: 0n,
        ratePerEpoch: 0n,
        settledEpoch: args.epoch,
        workers: 0,
        insolventSince: null,
        endEpoch: terms.endEpoch === 0 ? null : terms.endEpoch,
        endedInsolvent: false,
        createdAtBlock: blockNumber,
        changedAtBlock: blockNumber,
      },
    );
  },

  EpochsDecided: async ({ rows }, { args, blockNumber }) => {
    await change(rows, "deal", { id: Number(args.deal) }, (row) => ({
      balance: row.balance - args.charged,
      settledEpoch: args.throughEpoch,
      insolventSince: insolventSince(row, args.throughEpoch, args.fundedEpochs),
      changedAtBlock: blockNumber,
    }));
  },

  DealEnded: async ({ rows }, { args, blockNumber }) => {
    await change(rows, "deal", { id: Number(args.deal) }, () => ({
      endEpoch: args.endEpoch,
      endedInsolvent: args.insolvent,
      changedAtBlock: blockNumber,
    }));
  },

  TargetChanged: async ({ rows }, { args, blockNumber }) => {
    await change(rows, "deal", { id: Number(args.deal) }, () => ({
      targetWorkers: args.targetWorkers,
      changedAtBlock: blockNumber,
    }));
  },

  // The contract remembers it for the next key, too.
  ScalerChanged: async ({ rows }, { args }) => {
    const deal = Number(args.deal);
    const nextEpoch = (await rows.get("scaler", { deal }))?.nextEpoch ?? 0;
    const key = args.key === zeroAddress ? null : args.key;
    rows.put("scaler", { deal, key, capPerEpoch: args.capPerEpoch, nextEpoch });
  },

  TargetScaled: async ({ rows }, { args }) => {
    await change(rows, "scaler", { deal: Number(args.deal) }, () => ({ nextEpoch: args.epoch + 1 }));
  },

  WorkerAssigned: async ({ rows }, { args, blockNumber }) => {
    const { node, provider, pricePerUnitEpoch, firstEpoch, lock, challengeEndEpoch } = args;
    const deal = Number(args.deal);
    const { unitsPerWorker: units } = await change(rows, "deal", { id: deal }, (row) => ({
      workers: row.workers + 1,
      ratePerEpoch: row.ratePerEpoch + pricePerUnitEpoch * BigInt(row.unitsPerWorker),
      ...settledSilently(row, firstEpoch - 1),
      changedAtBlock: blockNumber,
    }));
    await create(
      rows,
      "worker",
      { deal, node },
      {
        deal,
        node,
        provider,
        units,
        pricePerUnitEpoch,
        lock,
        firstEpoch,
        lastEpoch: null,
        endCause: null,
        noticeEpoch: null,
        settledEpoch: firstEpoch - 1,
        slashed: 0n,
        released: false,
        assignedAtBlock: blockNumber,
        matchEpoch: firstEpoch - 1,
        challengeEndEpoch,
        tip: 0n,
        tipMatcher: null,
        tipChallenger: null,
        tipShare: 0n,
      },
    );
    await change(rows, "node", { id: node }, (row) => ({ unitsInUse: row.unitsInUse + units }));
    await change(rows, "stake", { provider }, (row) => ({
      free: row.free - lock,
      locked: row.locked + lock,
    }));
  },

  // Why a deal waits is asked of the contract's view `eligibility`: an old refusal says little.
  NodeSkipped: null,

  WorkerResigned: async ({ rows }, { args }) => {
    const key = { deal: Number(args.deal), node: args.node };
    await change(rows, "worker", key, () => ({ noticeEpoch: args.noticeEpoch }));
  },

  WorkerEnded: async ({ rows }, { args, blockNumber }) => {
    const deal = Number(args.deal);
    const worker = await change(rows, "worker", { deal, node: args.node }, () => ({
      lastEpoch: args.lastEpoch,
      endCause: args.cause,
    }));
    await change(rows, "deal", { id: deal }, (row) => ({
      workers: row.workers - 1,
      ratePerEpoch: row.ratePerEpoch - worker.pricePerUnitEpoch * BigInt(worker.units),
      changedAtBlock: blockNumber,
    }));
  },

  WorkerSlashed: async ({ rows }, { args }) => {
    const key = { deal: Number(args.deal), node: args.node };
    await change(rows, "worker", key, ({ slashed }) => ({ slashed: slashed + args.amount }));
    await change(rows, "slash", { id: Number(args.slash) }, () => key);
  },

  WorkerReleased: async ({ rows }, { args }) => {
    const { node, unlocked } = args;
    const key = { deal: Number(args.deal), node };
    const { provider, units } = await change(rows, "worker", key, () => ({ released: true }));
    await change(rows, "node", { id: node }, (row) => ({ unitsInUse: row.unitsInUse - units }));
    await change(rows, "stake", { provider }, (row) => ({
      free: row.free + unlocked,
      locked: row.locked - unlocked,
    }));
  },

  WorkerReplaced: async ({ rows }, { args }) => {
    const { replaced, candidate, challenger, share } = args;
    const deal = Number(args.deal);
    const { matchEpoch, tip, tipMatcher } = await rowAt(rows, "worker", { deal, node: replaced });
    await change(rows, "worker", { deal, node: replaced }, () => noTip);
    await change(rows, "worker", { deal, node: candidate }, () => ({
      matchEpoch,
      tip,
      tipMatcher,
      tipChallenger: tip === 0n ? null : challenger,
      tipShare: share,
    }));
  },

  ModuleChanged: async ({ rows }, { args, blockNumber }) => {
    const key = { deal: Number(args.deal), version: args.version };
    const { fromEpoch, moduleDigest, functionCommitment } = args;
    const version = { ...key, fromEpoch, moduleDigest, functionCommitment };
    await create(rows, "moduleVersion", key, { ...version, setAtBlock: blockNumber });
  },

  ProviderBarred: async ({ rows }, { args }) => {
    // An owner may bar providers that never were.
    if (args.provider > largestSmallId) return;
    const key = { deal: Number(args.deal), provider: args.provider };
    await create(rows, "bar", key, key);
  },

  ProviderUnbarred: async ({ rows }, { args }) => {
    if (args.provider > largestSmallId) return;
    const key = { deal: Number(args.deal), provider: args.provider };
    await rowAt(rows, "bar", key);
    rows.remove("bar", key);
  },
};

/** First epoch of the run of unfunded epochs that includes `throughEpoch`, null if that one was funded. */
function insolventSince(row: DealRow, throughEpoch: number, fundedEpochs: number): number | null {
  const lastFunded = row.settledEpoch + fundedEpochs;
  if (lastFunded >= throughEpoch) return null;
  return fundedEpochs === 0 && row.insolventSince !== null ? row.insolventSince : lastFunded + 1;
}

/** While nothing is charged epochs are decided without an event; a match ends that, and has decided those up to its own. */
function settledSilently(row: DealRow, epoch: number): Partial<DealRow> {
  if (row.ratePerEpoch !== 0n || row.settledEpoch >= epoch) return {};
  return { settledEpoch: epoch, insolventSince: null };
}
