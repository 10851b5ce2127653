/** Closes deals to the last unit of money and compares what everybody got with what was paid in. */
import {
  type Chain,
  collectFees,
  dealsAbi,
  MillraceError,
  readDeal,
  releaseWorker,
  stopDeal,
  withdrawDeal,
  withdrawEarnings,
  withdrawRefund,
} from "@millrace/sdk";
import { expect } from "chai";
import type { Devnet } from "../../scripts/devnet/devnet.ts";
import { type RunningDeal, tokenBalance, until, waitForEpochs } from "./support.ts";

/** Undefined if there was nothing to take or someone (the keeper) did it before. */
async function orNothing<Result>(work: Promise<Result>): Promise<Result | undefined> {
  try {
    return await work;
  } catch (error) {
    const settledAlready = ["deals-nothing-owed", "deals-worker-unknown", "deals-ended", "deals-zero-amount"];
    if (error instanceof MillraceError && settledAlready.includes(error.code)) return undefined;
    throw error;
  }
}

async function isReleased(chain: Chain, deal: bigint, node: number): Promise<boolean> {
  const { firstEpoch } = await chain.publicClient.readContract({
    address: chain.deployment.contracts.deals,
    abi: dealsAbi,
    functionName: "getWorker",
    args: [deal, node],
  });
  return firstEpoch === 0;
}

/**
 * Stops the deals, releases their workers, lets everybody pull what is theirs, and checks to the unit that the money
 * paid in is the money paid out and that Deals keeps nothing.
 */
export async function expectBooksBalance(net: Devnet, deals: RunningDeal[]): Promise<void> {
  const [developer, ...others] = distinctDevelopers(deals);
  if (developer === undefined) throw new Error("no deals");
  const { timelock, deals: dealsAddress } = net.deployment.contracts;
  const token = net.deployment.paymentTokens[0]?.address ?? "0x";
  for (const { deal, developer: owner } of deals) await orNothing(stopDeal(owner, { deal }));
  await waitForEpochs(developer, 2);
  for (const { deal, terms, developer: owner } of deals) {
    for (const { nodeId } of net.nodes) {
      if (await isReleased(developer, deal, nodeId)) continue;
      await orNothing(releaseWorker(developer, { deal, node: nodeId }));
    }
    await until(`every worker of deal ${deal} is released`, async () => {
      const released = await Promise.all(net.nodes.map(({ nodeId }) => isReleased(developer, deal, nodeId)));
      return released.every(Boolean);
    });
    expect((await readDeal(developer, deal, terms)).status).to.equal("ended");
    await orNothing(withdrawDeal(owner, { deal }));
  }
  for (const owner of [developer, ...others]) await orNothing(withdrawRefund(owner, { token }));
  for (const { plan } of net.nodes)
    await orNothing(withdrawEarnings(await net.connectAs(plan.account), { token }));
  await orNothing(collectFees(developer, { token }));

  expect(await tokenBalance(developer, dealsAddress), "Deals keeps nothing").to.equal(0n);
  const accounts = [...new Set(net.nodes.map(({ plan }) => plan.account))];
  const paid = await Promise.all(accounts.map((name) => tokenBalance(developer, net.accounts[name].address)));
  const left = await Promise.all(
    [developer, ...others].map((owner) => tokenBalance(owner, addressOf(owner))),
  );
  const fees = await tokenBalance(developer, timelock);
  expect(
    [...paid, ...left].reduce((sum, amount) => sum + amount, 0n) + fees,
    "what everybody has is what there was",
  ).to.equal(await totalSupply(developer, token));
  expect(fees > 0n, "the treasury got its fee").to.equal(true);
}

function addressOf({ account }: Chain): `0x${string}` {
  if (account === undefined) throw new Error("a chain without an account");
  return account.address;
}

function distinctDevelopers(deals: readonly RunningDeal[]): Chain[] {
  return [...new Map(deals.map(({ developer }) => [addressOf(developer), developer])).values()];
}

async function totalSupply(chain: Chain, token: `0x${string}`): Promise<bigint> {
  return chain.publicClient.readContract({
    address: token,
    abi: [
      {
        type: "function",
        name: "totalSupply",
        inputs: [],
        outputs: [{ type: "uint256" }],
        stateMutability: "view",
      },
    ] as const,
    functionName: "totalSupply",
  });
}
