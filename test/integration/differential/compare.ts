/** Compares what the contracts say of themselves with the model. */
import { expect } from "chai";
import { ethers } from "ethers";
import { EPOCH_SECONDS } from "../setUp.ts";
import type { Model } from "./model.ts";
import { type Network, commitment } from "./network.ts";
import { FINDERS, account } from "./stage.ts";
import type { Deal, Worker } from "./types.ts";

const STATUSES = ["None", "Matching", "Active", "Underfunded", "Insolvent", "Ended"];
/** Everything the contracts say of themselves is what the model says. */
export async function compare(network: Network, model: Model): Promise<void> {
  const token = await network.market.stablecoin.getAddress();
  for (const [index, deal] of model.deals.entries()) await compareDeal(network, model, index + 1, deal);
  for (const [index, provider] of model.providers.entries()) {
    const [stake] = await network.read("staking", "getStake", index + 1);
    const { free, locked, thawing } = stake as { free: bigint; locked: bigint; thawing: bigint };
    const { free: f, locked: l, thawing: t } = provider;
    expect({ free, locked, thawing }, `stake of ${index + 1}`).to.deep.equal({
      free: f,
      locked: l,
      thawing: t,
    });
    const [earned] = await network.read("deals", "earnings", provider.payout, token);
    expect(earned, `earnings of ${index + 1}`).to.equal(model.earnings.get(provider.payout) ?? 0n);
  }
  for (let index = 0; index < FINDERS; index += 1) {
    const finder = network.signer(account.finder(index)).address;
    const [earned] = await network.read("deals", "earnings", finder, token);
    expect(earned, `earnings of finder ${index}`).to.equal(model.earnings.get(finder) ?? 0n);
  }
  for (const [index, { provider, amount, owner, reporter }] of model.slashes.entries()) {
    const [seen] = await network.read("staking", "getSlash", index + 1);
    const slash = seen as { provider: bigint; amount: bigint; owner: string; reporter: string };
    expect(
      {
        ...{ provider: Number(slash.provider), amount: slash.amount },
        ...{ owner: slash.owner, reporter: slash.reporter },
      },
      `slash ${index + 1}`,
    ).to.deep.equal({ provider, amount, owner, reporter });
  }
  for (const index of [0, 1]) {
    const owner = network.signer(account.developer(index)).address;
    const [refund] = await network.read("deals", "refunds", owner, token);
    expect(refund, `refunds of ${owner}`).to.equal(model.refunds.get(owner) ?? 0n);
  }
  for (const [index, node] of model.nodes.entries()) {
    const [seen] = await network.read("registry", "getNode", index + 1);
    expect(Number((seen as { unitsInUse: bigint }).unitsInUse), `units of ${index + 1}`).to.equal(node.inUse);
  }
  expect((await network.read("deals", "fees", token))[0], "fees").to.equal(model.fees);
  const held = await network.market.stablecoin.balanceOf(await network.market.deals.getAddress());
  expect(held, "what Deals holds").to.equal(holdings(model));
}

async function compareDeal(network: Network, model: Model, id: number, deal: Deal): Promise<void> {
  const [view] = await network.read("deals", "getDeal", id);
  const seen = view as {
    status: bigint;
    withdrawable: bigint;
    disputeWindow: bigint;
    deal: Record<string, bigint>;
  };
  const stored = seen.deal;
  expect(
    {
      ...{
        status: STATUSES[Number(seen.status)],
        withdrawable: seen.withdrawable,
        balance: stored["balance"],
      },
      ...{ rate: stored["ratePerEpoch"], workers: stored["workers"], target: stored["targetWorkers"] },
      ...{ end: stored["endEpoch"], insolvent: stored["insolventSince"] !== 0n },
    },
    `deal ${id}`,
  ).to.deep.equal({
    ...{ status: model.status(deal), withdrawable: model.withdrawable(deal), balance: deal.balance },
    ...{ rate: model.rate(deal), workers: BigInt(model.open(deal).length), target: BigInt(deal.target) },
    ...{ end: BigInt(deal.end), insolvent: deal.unfundedRun > 0 },
  });
  expect(seen.disputeWindow, `window of ${id}`).to.equal(BigInt(deal.disputeEpochs * EPOCH_SECONDS));
  await compareVersions(network, model, id, deal);
  const [key, cap, nextEpoch] = await network.read("deals", "getScaler", id);
  expect([key, cap, nextEpoch], `scaler of deal ${id}`).to.deep.equal([
    ...[deal.scaler.key, deal.scaler.cap, BigInt(deal.nextScaling)],
  ]);
  for (const worker of deal.workers)
    if (!worker.released) await compareWorker(network, model, id, deal, worker);
}

/** What the deal runs now and next, and which versions a call of now may come from. */
async function compareVersions(network: Network, model: Model, id: number, deal: Deal): Promise<void> {
  const inForce = (epoch: number): number =>
    deal.versions.filter(({ fromEpoch }) => fromEpoch <= epoch).length;
  for (const epoch of [model.epoch, model.epoch + 1]) {
    const seen = (await network.read("modules", "versionAt", id, epoch)).toArray();
    const number = inForce(epoch);
    const version = deal.versions[number - 1];
    expect(seen, `version of deal ${id} in ${epoch}`).to.deep.equal([
      BigInt(number),
      version === undefined ? ethers.ZeroHash : ethers.id(version.module),
      version?.committed === true ? commitment : ethers.ZeroHash,
    ]);
  }
  for (let number = 0; number <= deal.versions.length; number += 1) {
    const [accepted] = await network.read("modules", "accepts", id, model.epoch, number);
    const isNow = [inForce(model.epoch), inForce(model.epoch - 1)].includes(number);
    expect(accepted, `version ${number} of deal ${id} accepted`).to.equal(isNow);
  }
}

async function compareWorker(
  network: Network,
  model: Model,
  id: number,
  deal: Deal,
  worker: Worker,
): Promise<void> {
  const seen = (await network.read("deals", "getWorker", id, worker.node))[0] as Record<string, bigint>;
  const tip = (await network.read("deals", "getTip", id, worker.node))[0] as Record<string, bigint>;
  const owed = (await network.read("deals", "owed", id, worker.node))[0] as Record<string, bigint>;
  const expected = model.owed(deal, worker, Infinity);
  expect(
    {
      ...{ price: seen["pricePerUnitEpoch"], first: seen["firstEpoch"], last: seen["lastEpoch"] },
      ...{ settled: seen["settledEpoch"], lock: (seen["lockMilliMill"] ?? 0n) * 10n ** 15n },
      ...{ paid: owed["paidEpochs"], missed: owed["missedEpochs"], pay: owed["pay"], fee: owed["fee"] },
      refund: owed["refund"],
      ...{ slashed: seen["slashedBps"], tip: tip["amount"], share: tip["share"] },
    },
    `worker ${worker.node} of deal ${id}`,
  ).to.deep.equal({
    ...{ price: worker.price, first: BigInt(worker.first), last: BigInt(worker.last ?? 0) },
    ...{ settled: BigInt(worker.settled), lock: worker.lock },
    ...{
      paid: BigInt(expected.paid),
      missed: BigInt(expected.missed),
      pay: expected.pay,
      fee: expected.fee,
    },
    refund: expected.refund,
    ...{ slashed: BigInt(worker.slashedBps), tip: worker.tip.amount, share: worker.tip.share },
  });
}

/** Balances, credits, tips held, and what was charged for workers and not paid out. */
function holdings(model: Model): bigint {
  const credits = [...model.earnings.values(), ...model.refunds.values(), model.fees];
  return [...credits, ...model.deals.map((deal) => deal.balance + tips(deal) + charged(model, deal))].reduce(
    (a, b) => a + b,
    0n,
  );
}

const tips = (deal: Deal): bigint => deal.workers.reduce((sum, { tip }) => sum + tip.amount, 0n);

/** Charged for a deal's workers and not settled yet, the present epoch included. */
function charged(model: Model, deal: Deal): bigint {
  return deal.workers.reduce((sum, worker) => {
    const last = Math.min(worker.last ?? Infinity, model.epoch);
    const epochs = [...deal.funded].filter(
      (epoch) => worker.settled < epoch && worker.first <= epoch && epoch <= last,
    );
    return worker.released ? sum : sum + BigInt(epochs.length * deal.terms.units) * worker.price;
  }, 0n);
}
