import { dealsAbi, dealStatuses, registryAbi, stakingAbi, termsFromJson } from "@millrace/sdk";
import { expect } from "chai";
import { zeroAddress, type Address } from "viem";
import { listDeals, listWorkers } from "../../src/store/deals.ts";
import { listCredits } from "../../src/store/log.ts";
import { listNodes, listOffers } from "../../src/store/nodes.ts";
import { listProviders } from "../../src/store/providers.ts";
import type { Store } from "../../src/store/store.ts";
import { presentTerms } from "../../src/terms.ts";
import type { Scenario } from "./scenario.ts";

const page = { limit: 500 };

/** Asserts that every row, and deriveDeal in the present epoch, say what the contracts' views say. */
export async function expectAsOnChain(store: Store, { developer, nodes }: Scenario): Promise<void> {
  const { publicClient, deployment } = developer;
  const deals = { address: deployment.contracts.deals, abi: dealsAbi } as const;
  for (const { row, state, scaler } of (await listDeals(store, page)).items) {
    const deal = BigInt(row.id);
    const named = await publicClient.readContract({ ...deals, functionName: "getScaler", args: [deal] });
    const { key = null, capPerEpoch = 0n } = scaler ?? {};
    expect([key ?? zeroAddress, capPerEpoch], `scaler of deal ${deal}`).to.deep.equal(named.slice(0, 2));
    if (scaler !== undefined) expect(scaler.nextEpoch).to.equal(named[2]);
    const view = await publicClient.readContract({ ...deals, functionName: "getDeal", args: [deal] });
    const hash = await publicClient.readContract({
      ...deals,
      functionName: "hashTerms",
      args: [termsFromJson(presentTerms(row.terms))],
    });
    // What the contract remembers to save gas.
    const ownToContract = ["everUnfunded", "assignedInSettledEpoch"];
    const stored = Object.entries(view.deal).filter(([name]) => !ownToContract.includes(name));
    expect(
      {
        status: state.status,
        owner: row.owner,
        termsHash: hash,
        paymentToken: row.paymentToken,
        settledEpoch: state.settledEpoch,
        workers: row.workers,
        targetWorkers: row.targetWorkers,
        minWorkers: row.minWorkers,
        unitsPerWorker: row.unitsPerWorker,
        feeBps: row.feeBps,
        balance: state.balance,
        ratePerEpoch: row.ratePerEpoch,
        insolventSince: state.insolventSince ?? 0,
        endEpoch: state.endEpoch ?? 0,
        minFundedEpochs: row.minFundedEpochs,
        fundedThroughEpoch:
          state.fundedThroughEpoch === null ? 2n ** 256n - 1n : BigInt(state.fundedThroughEpoch),
      },
      `deal ${row.id}`,
    ).to.deep.equal({
      ...Object.fromEntries(stored),
      status: dealStatuses[view.status - 1],
      owner: view.owner,
      termsHash: view.termsHash,
      fundedThroughEpoch: view.fundedThroughEpoch,
    });
    for (const { node } of nodes) {
      const worker = await publicClient.readContract({
        ...deals,
        functionName: "getWorker",
        args: [deal, node],
      });
      const { items } = await listWorkers(store, { ...page, deal: row.id, node });
      const [own] = items;
      expect(own?.firstEpoch ?? 0, `worker ${row.id}-${node}`).to.equal(worker.firstEpoch);
      if (own === undefined) continue;
      expect([own.lastEpoch ?? 0, own.settledEpoch, own.pricePerUnitEpoch, own.provider]).to.deep.equal([
        worker.lastEpoch,
        worker.settledEpoch,
        worker.pricePerUnitEpoch,
        worker.provider,
      ]);
      expect(own.lock).to.equal(BigInt(worker.lockMilliMill) * 10n ** 15n);
    }
  }
  await expectProvidersAsOnChain(store, developer);
}

async function expectProvidersAsOnChain(
  store: Store,
  { publicClient, deployment, account }: Scenario["developer"],
): Promise<void> {
  const registry = { address: deployment.contracts.registry, abi: registryAbi } as const;
  const staking = { address: deployment.contracts.staking, abi: stakingAbi } as const;
  const accounts = new Set<string>(account === undefined ? [] : [account.address]);
  for (const provider of (await listProviders(store, page)).items) {
    const args = [provider.id] as const;
    const stake = await publicClient.readContract({ ...staking, functionName: "getStake", args });
    expect([provider.stake.free, provider.stake.locked]).to.deep.equal([stake.free, stake.locked]);
    const view = await publicClient.readContract({ ...registry, functionName: "getProvider", args });
    expect([provider.owner, provider.payout, provider.pendingPayout ?? zeroAddress]).to.deep.equal([
      view.owner,
      view.payout,
      view.pendingPayout,
    ]);
    accounts.add(provider.payout).add(provider.owner);
  }
  for (const node of (await listNodes(store, page)).items) {
    const view = await publicClient.readContract({ ...registry, functionName: "getNode", args: [node.id] });
    const own = [node.provider, node.units, node.unitsInUse, node.retired, node.country];
    expect(own).to.deep.equal([
      view.provider,
      view.units,
      view.unitsInUse,
      view.retired,
      view.attributes.country,
    ]);
    const key = await publicClient.readContract({
      ...registry,
      functionName: "getOperatorKey",
      args: [node.operator as Address],
    });
    expect(key.node).to.equal(node.id);
  }
  for (const offer of (await listOffers(store, page)).items) {
    const args = [offer.node, offer.token as Address] as const;
    const view = await publicClient.readContract({ ...registry, functionName: "getOffer", args });
    expect([offer.askPerUnitEpoch, offer.on]).to.deep.equal([view.askPerUnitEpoch, view.on]);
  }
  await expectCreditsAsOnChain(store, { publicClient, deployment }, [...accounts, zeroAddress]);
}

async function expectCreditsAsOnChain(
  store: Store,
  { publicClient, deployment }: Pick<Scenario["developer"], "publicClient" | "deployment">,
  accounts: readonly string[],
): Promise<void> {
  const deals = { address: deployment.contracts.deals, abi: dealsAbi } as const;
  for (const { address: token } of deployment.paymentTokens)
    for (const account of accounts) {
      const rows = (await listCredits(store, account)).items.filter((row) => row.token === token);
      const own = (kind: string) => rows.find((row) => row.kind === kind)?.amount ?? 0n;
      const args = [account as Address, token] as const;
      const fees = await publicClient.readContract({ ...deals, functionName: "fees", args: [token] });
      expect([own("earnings"), own("refund"), own("fee")], `credits of ${account}`).to.deep.equal([
        await publicClient.readContract({ ...deals, functionName: "earnings", args }),
        await publicClient.readContract({ ...deals, functionName: "refunds", args }),
        account === zeroAddress ? fees : 0n,
      ]);
    }
}
