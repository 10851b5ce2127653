import {
  addNode,
  attend,
  connect,
  createDeal,
  quoteDeal,
  registerProvider,
  send,
  stake,
  testStablecoinAbi,
  type Chain,
  type Terms,
} from "@millrace/sdk";
import { parseEther, zeroAddress, zeroHash, type Hex } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import type { TestNetwork } from "./network.ts";

interface NodePlan {
  /** smallest units of the token per unit and epoch */
  ask: bigint;
  units?: number;
  /** units that the provider's stake covers more than before; default all of this node's */
  stakedUnits?: number;
  country?: string;
  /** of the operator; default a new one */
  privateKey?: Hex;
}

export interface TestNode {
  readonly node: number;
  readonly provider: number;
  /** Signs as the provider's owner. */
  readonly owner: Chain;
  /** Signs as the operator key. */
  readonly operator: Chain;
}

/** Registers a provider for an account with one node per plan; every node attends in the present epoch. */
export async function addProvider(
  network: TestNetwork,
  account: number,
  plans: readonly NodePlan[],
): Promise<TestNode[]> {
  const owner = await network.connectAs(account);
  const { provider } = await registerProvider(owner);
  const nodes: TestNode[] = [];
  for (const {
    ask,
    units = 40,
    stakedUnits = units,
    country = "DE",
    privateKey = generatePrivateKey(),
  } of plans) {
    if (stakedUnits > 0) await stake(owner, { provider, amount: parseEther("200") * BigInt(stakedUnits) });
    const { node } = await addNode(owner, {
      provider,
      operator: privateKeyToAccount(privateKey),
      units,
      attributes: {
        regionGroup: 4,
        country: (country.charCodeAt(0) << 8) | country.charCodeAt(1),
        hardwareClass: 3,
        cores: units,
        memoryGiB: units * 2,
        bandwidthMbps: 1_000,
      },
      endpoint: `http://127.0.0.1:1/${account}`,
      offer: { token: network.token, askPerUnitEpoch: ask },
      gasMoney: parseEther("1"),
    });
    const { rpcUrl, deployment } = network;
    const operator = await connect({ rpcUrl, deployment, privateKey, pollingIntervalMs: 20 });
    await attend(operator);
    nodes.push({ node, provider, owner, operator });
  }
  return nodes;
}

/** Terms that most nodes meet: two workers of one unit, at most 0.002 tUSD. */
export function termsOf(network: TestNetwork, changes: Partial<Terms> = {}): Terms {
  return {
    paymentToken: network.token,
    moduleDigest: `0x${"ab".repeat(32)}`,
    functionCommitment: zeroHash,
    unitsPerWorker: 1,
    minWorkers: 1,
    targetWorkers: 2,
    maxWorkers: 4,
    maxWorkersPerProvider: 1,
    priceLimit: 2_000n,
    minimumAsk: 0n,
    priceToleranceBps: 0,
    tipPerWorker: 0n,
    endEpoch: 0,
    openToAll: true,
    permissionIssuer: zeroAddress,
    constraints: [],
    listMode: 0,
    providers: [],
    ...changes,
  };
}

/** Creates a deal with the least deposit, and `extra` smallest units more. */
export async function openDeal(owner: Chain, terms: Terms, extra = 0n): Promise<number> {
  const { minimumDeposit } = await quoteDeal(owner, { terms, deposit: 0n });
  const deposit = minimumDeposit + extra;
  await send(owner, {
    address: terms.paymentToken,
    abi: testStablecoinAbi,
    functionName: "mint",
    args: [owner.account?.address ?? zeroAddress, deposit],
  });
  const { deal } = await createDeal(owner, { terms, deposit });
  return Number(deal);
}
