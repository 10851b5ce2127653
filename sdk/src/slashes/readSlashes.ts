import { getAbiItem, parseEventLogs, toEventSelector, type Address } from "viem";
import type { Chain } from "../chain/chain.ts";
import { readLogs } from "../chain/readLogs.ts";
import { dealsAbi } from "../generated/dealsAbi.ts";
import { stakingAbi } from "../generated/stakingAbi.ts";

/** A slash and what became of it. Amounts are MILL with 18 decimals. */
export interface Slash {
  readonly id: bigint;
  readonly provider: number;
  /** the worker that lost it */
  readonly deal: bigint;
  readonly node: number;
  readonly amount: bigint;
  /** of the deal; gets 40 % if it is executed */
  readonly owner: Address;
  /** gets 10 % if it is executed; the zero address for nobody */
  readonly reporter: Address;
  /** unix seconds from which it can be executed, and no longer vetoed */
  readonly vetoEndsAt: number;
  readonly state: "escrowed" | "vetoed" | "executed";
}

/** An address that may slash. */
export interface Slasher {
  readonly address: Address;
  /** unix seconds from which it counts */
  readonly activeFrom: number;
}

const stakingEvents = [
  "StakeSlashed",
  "SlashVetoed",
  "SlashExecuted",
  "SlasherAdded",
  "SlasherRemoved",
] as const;

/**
 * Every slash, the newest first, and who may slash besides the rules of Deals, from the chain alone.
 * @throws MillraceError `rpc-unreachable`
 */
export async function readSlashes(
  chain: Chain,
): Promise<{ slashes: readonly Slash[]; slashers: readonly Slasher[] }> {
  const { staking, deals } = chain.deployment.contracts;
  const topics = [
    ...stakingEvents.map((name) => toEventSelector(getAbiItem({ abi: stakingAbi, name }))),
    toEventSelector(getAbiItem({ abi: dealsAbi, name: "WorkerSlashed" })),
  ];
  const logs = await readLogs(chain, {
    address: [staking, deals],
    topics: [topics],
    fromBlock: BigInt(chain.deployment.deploymentBlock),
    toBlock: await chain.publicClient.getBlockNumber({ cacheTime: 0 }),
  });
  const slashes = new Map<bigint, Slash>();
  const slashers = new Map<Address, Slasher>();
  const change = (id: bigint, columns: Partial<Slash>) => {
    const slash = slashes.get(id);
    if (slash !== undefined) slashes.set(id, { ...slash, ...columns });
  };
  for (const { eventName, args } of parseEventLogs({ abi: [...stakingAbi, ...dealsAbi], logs })) {
    if (eventName === "StakeSlashed") {
      const { slash: id, ...told } = args;
      slashes.set(id, { id, ...told, deal: 0n, node: 0, state: "escrowed" });
    } else if (eventName === "WorkerSlashed") change(args.slash, { deal: args.deal, node: args.node });
    else if (eventName === "SlashVetoed") change(args.slash, { state: "vetoed" });
    else if (eventName === "SlashExecuted") change(args.slash, { state: "executed" });
    else if (eventName === "SlasherAdded")
      slashers.set(args.slasher, { address: args.slasher, activeFrom: args.activeFrom });
    else if (eventName === "SlasherRemoved") slashers.delete(args.slasher);
  }
  return { slashes: [...slashes.values()].reverse(), slashers: [...slashers.values()] };
}
