import {
  attend,
  barProvider,
  claim,
  collectFees,
  dismiss,
  endWorker,
  evict,
  matchDeal,
  MillraceError,
  releaseWorker,
  requestPayoutChange,
  requestThaw,
  resign,
  setOffer,
  setScaler,
  setTarget,
  settleWorker,
  stopDeal,
  topUp,
  unbarProvider,
  withdrawDeal,
  withdrawEarnings,
  withdrawRefund,
  type Chain,
} from "@millrace/sdk";
import { addProvider, openDeal, termsOf, type TestNode } from "../support/market.ts";
import type { TestNetwork } from "../support/network.ts";

/** Parties on a real chain that do what a seed says; most of it is refused by the contracts, as in life. */
export interface Scenario {
  readonly developer: Chain;
  readonly nodes: readonly TestNode[];
  /** Does so many things. */
  run(actions: number): Promise<void>;
}

/** Sets up three providers with four nodes and a few deals: with little money, with much, and with an end. */
export async function startScenario(network: TestNetwork, seed: number): Promise<Scenario> {
  const developer = await network.connectAs(1);
  const scaler = await network.connectAs(8);
  const nodes = [
    ...(await addProvider(network, 2, [{ ask: 1_000n }, { ask: 1_300n }])),
    ...(await addProvider(network, 3, [{ ask: 1_100n }])),
    ...(await addProvider(network, 4, [{ ask: 1_200n }])),
  ];
  const random = randomOf(seed);
  const pick = <T>(items: readonly T[]): T => {
    const item = items[Math.floor(random() * items.length)];
    if (item === undefined) throw new Error("Nothing to pick");
    return item;
  };
  const deals: bigint[] = [];
  const open = async () => {
    const terms = pick([
      termsOf(network),
      termsOf(network, { minWorkers: 2, maxWorkersPerProvider: 2 }),
      termsOf(network, { endEpoch: (await currentEpoch(developer)) + 5, targetWorkers: 3 }),
    ]);
    deals.push(BigInt(await openDeal(developer, terms, BigInt(Math.floor(random() * 20_000)))));
    // Older ones mostly lie dead.
    if (deals.length > 3) deals.shift();
  };
  for (let count = 0; count < 3; count++) await open();
  const candidates = nodes.map(({ node }) => ({ node, maxAsk: 2_000n }));
  const { token } = network;
  const workers: { deal: bigint; node: number }[] = [];
  const match = async () => {
    const deal = pick(deals);
    const order = random() < 0.5 ? candidates : candidates.toReversed();
    const { assigned } = await matchDeal(developer, { deal, candidates: order });
    workers.push(...assigned.map((node) => ({ deal, node })));
    if (workers.length > 8) workers.splice(0, workers.length - 8);
  };

  const actions: (() => Promise<unknown>)[] = [
    open,
    match,
    match,
    match,
    () => network.nextEpoch(...nodes.map(({ operator }) => operator).filter(() => random() < 0.8)),
    () => network.nextEpoch(...nodes.map(({ operator }) => operator).filter(() => random() < 0.4)),
    () => attend(pick(nodes).operator),
    () => topUp(developer, { deal: pick(deals), amount: BigInt(1 + Math.floor(random() ** 3 * 9_000)) }),
    () => withdrawDeal(developer, { deal: pick(deals), amount: 1n }),
    () => dismiss(developer, pick(workers)),
    () => evict(developer, pick(workers)),
    () => evict(developer, pick(workers)),
    () => endWorker(developer, pick(workers)),
    () => releaseWorker(developer, pick(workers)),
    () => releaseWorker(developer, pick(workers)),
    () => settleWorker(developer, pick(workers)),
    () => setTarget(developer, { deal: pick(deals), targetWorkers: 1 + Math.floor(random() * 4) }),
    () =>
      setScaler(developer, {
        deal: pick(deals),
        scaler: random() < 0.2 ? undefined : { key: scaler.account?.address ?? token, capPerEpoch: 9_000n },
      }),
    () => setTarget(scaler, { deal: pick(deals), targetWorkers: 1 + Math.floor(random() * 4) }),
    () => unbarProvider(developer, { deal: pick(deals), provider: pick(nodes).provider }),
    () => unbarProvider(developer, { deal: pick(deals), provider: pick(nodes).provider }),
    () => barProvider(developer, { deal: pick(deals), provider: pick(nodes).provider }),
    () => withdrawRefund(developer, { token }),
    () => collectFees(developer, { token }),
    async () => {
      const { deal, node } = pick(workers);
      const { owner, provider } = nodes.find((own) => own.node === node) ?? pick(nodes);
      const payout = developer.account?.address ?? token;
      await pick([
        () => claim(owner, { deal, node }),
        () => resign(owner, { deal, node }),
        () => endWorker(owner, { deal, node }),
        () => setOffer(owner, { node, token, askPerUnitEpoch: 1_500n, on: random() < 0.8 }),
        () => requestThaw(owner, { provider, amount: 10n ** 18n }),
        () => requestPayoutChange(owner, { provider, payout }),
        () => withdrawEarnings(owner, { token }),
      ])();
    },
    // Rarely, or there is soon nothing left to do.
    () => (random() < 0.15 ? stopDeal(developer, { deal: pick(deals) }) : network.mine(1)),
  ];
  return {
    developer,
    nodes,
    async run(count) {
      while (workers.length === 0) await match();
      for (let i = 0; i < count; i++)
        await pick(actions)().catch((error: unknown) => {
          if (!(error instanceof MillraceError) || error.code === "rpc-unreachable") throw error;
        });
    },
  };
}

async function currentEpoch({ publicClient, deployment }: Chain): Promise<number> {
  const { timestamp } = await publicClient.getBlock();
  return Math.floor((Number(timestamp) - deployment.genesis) / deployment.epochDuration);
}

/** mulberry32: the same numbers from 0 to 1 for the same seed. */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
