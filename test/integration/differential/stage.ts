/** Who is who on the chain of the differential test, and the market it begins with. */
import { encodeBytes32String, parseEther } from "ethers";
import { EPOCH_SECONDS } from "../setUp.ts";
import { Model } from "./model.ts";
import type { Network } from "./network.ts";

export const PROVIDERS = 3;
export const NODES = 5;
export const FINDERS = 2;

/** Accounts: 0 deploys and does what anyone may, then developers, provider owners, payouts, operators, a scaler. */
export const account = {
  developer: (index: number) => 1 + index,
  owner: (provider: number) => 2 + provider,
  payout: (provider: number) => 5 + provider,
  operator: (node: number) => 8 + node,
  scaler: 15,
  slasher: 14,
  /** who matches and challenges */
  finder: (index: number) => 16 + (index % FINDERS),
};
export const providerOf = (node: number): number => ((node - 1) % PROVIDERS) + 1;

/** The dispute window: whole epochs, so that what can be released does not depend on the second. */
const DISPUTE_EPOCHS = 2;

/** The attribute that deals ask for. */
export const GRADE = encodeBytes32String("grade");

/** Three providers with stake and five nodes that attend, no deal yet. */
export async function setStage(network: Network): Promise<Model> {
  const { market } = network;
  const { parameters } = market.settings;
  const model = new Model(0, {
    minFundedEpochs: Number(parameters.minFundedEpochs),
    feeBps: parameters.protocolFeeBps,
    maxMissedEpochs: Number(parameters.maxMissedEpochs),
    evictionSlashBps: parameters.evictionSlashBps,
    resignNoticeEpochs: Number(parameters.resignNoticeEpochs),
    stakePerUnit: parameters.stakePerUnit,
    challengeWindow: market.settings.windows.matchChallengeWindow,
    disputeEpochs: DISPUTE_EPOCHS,
  });
  const token = await market.stablecoin.getAddress();
  for (let id = 1; id <= PROVIDERS; id += 1) {
    const owner = network.signer(account.owner(id));
    const payout = network.signer(account.payout(id)).address;
    await market.registry.connect(owner).registerProvider(market.connection.ethers.ZeroHash, payout);
    await market.mill.connect(owner).approve(market.staking, 2n ** 256n - 1n);
    const stake = parseEther(String(1_500 * id));
    await market.staking.connect(owner).stake(id, stake);
    model.providers.push({ payout, free: stake, locked: 0n, thawing: 0n });
  }
  const attributes = {
    regionGroup: 4,
    country: 1,
    hardwareClass: 1,
    cores: 8,
    memoryGiB: 16,
    bandwidthMbps: 100,
  };
  for (let id = 1; id <= NODES; id += 1) {
    const [provider, operator] = [providerOf(id), network.signer(account.operator(id))];
    const consent = await market.signConsent(operator, BigInt(provider));
    const [units, ask] = [2 + id, 920n + 40n * BigInt(id)];
    await market.registry
      .connect(network.signer(account.owner(provider)))
      .addNode(provider, operator, consent, units, attributes, "", "", token, ask);
    model.nodes.push({
      ...{ provider, units, inUse: 0, ask, on: true, changed: 0, attended: new Set() },
      ...{ grade: 0n, revision: 1, attested: undefined },
    });
  }
  for (const index of [0, 1]) {
    const developer = network.signer(account.developer(index));
    await market.stablecoin.mint(developer, 10n ** 12n);
    await market.stablecoin.connect(developer).approve(market.deals, 2n ** 256n - 1n);
  }
  // The token holders name a slasher, which may slash once the thaw is over: before any history's first epoch.
  const timelock = await market.timelock.getAddress();
  await market.connection.networkHelpers.impersonateAccount(timelock);
  await market.connection.networkHelpers.setBalance(timelock, parseEther("1"));
  const admin = await market.connection.ethers.getSigner(timelock);
  await market.staking.connect(admin).addSlasher(network.signer(account.slasher));
  const { maxDisputeDuration } = market.settings.windows;
  await market.parameters.connect(admin).setThawPeriod(DISPUTE_EPOCHS * EPOCH_SECONDS + maxDisputeDuration);
  await market.parameters.connect(admin).setDisputeWindow(DISPUTE_EPOCHS * EPOCH_SECONDS);
  return model;
}
