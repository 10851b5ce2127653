import { parseEventLogs, type Address, type TransactionReceipt } from "viem";
import { claimRefusals, nameAt, type ClaimRefusalName } from "../api/schemas/names.ts";
import type { Chain } from "../chain/chain.ts";
import { requireAccount } from "../chain/requireAccount.ts";
import { send } from "../chain/send.ts";
import { dealsAbi } from "../generated/dealsAbi.ts";

/** A worker, by its deal and node. */
export interface ClaimItem {
  deal: bigint;
  node: number;
}

export interface ClaimAllParameters {
  /** workers whose provider's payout address is the sender */
  items: readonly ClaimItem[];
  /** last epoch to claim for; default the last completed one */
  upToEpoch?: number | undefined;
  /** default the sender */
  recipient?: Address | undefined;
}

/** An amount of a payment token, in its smallest units. */
export interface TokenAmount {
  token: Address;
  amount: bigint;
}

export interface ClaimAllReturn {
  /** what each worker earned, in smallest units of its deal's payment token */
  settled: (ClaimItem & { pay: bigint })[];
  skipped: (ClaimItem & { reason: ClaimRefusalName })[];
  /** sent to the recipient */
  sent: TokenAmount[];
  /** refused by its token: it stays in the sender's earnings, see `withdrawEarnings` */
  kept: TokenAmount[];
  receipts: TransactionReceipt[];
}

const uint32Max = 2 ** 32 - 1;
const itemsPerCall = 50;
/** The contract ends early where gas might run short, so it is tried with more of it: fixed part and part of each item. */
const gasSteps = [
  [420_000n, 45_000n],
  [700_000n, 80_000n],
  [1_500_000n, 130_000n],
] as const;

/**
 * The payout address takes what many workers earned, 50 in a transaction. A worker that can't be settled is passed over.
 * @throws MillraceError as {@link send}
 */
export async function claimAll(chain: Chain, parameters: ClaimAllParameters): Promise<ClaimAllReturn> {
  const recipient = parameters.recipient ?? requireAccount(chain).address;
  const done: ClaimAllReturn = { settled: [], skipped: [], sent: [], kept: [], receipts: [] };
  const address = chain.deployment.contracts.deals;
  let left = parameters.items;
  while (left.length > 0) {
    const batch = left.slice(0, itemsPerCall);
    const { upToEpoch = uint32Max } = parameters;
    const args = [batch, upToEpoch, recipient] as const;
    const call = { address, abi: dealsAbi, functionName: "claimAll", args } as const;
    const { receipt } = await send(chain, { ...call, gas: await findGas(chain, args) });
    left = left.slice(take(done, receipt));
  }
  return done;
}

/** The least step with which all are looked at, or the last. */
async function findGas(
  chain: Chain,
  args: readonly [readonly ClaimItem[], number, Address],
): Promise<bigint> {
  const items = BigInt(args[0].length);
  let gas = 0n;
  for (const [fixed, each] of gasSteps) {
    gas = fixed + each * items;
    const looked = await chain.publicClient
      .simulateContract({
        ...{ address: chain.deployment.contracts.deals, abi: dealsAbi, functionName: "claimAll" },
        ...{ args, gas, account: requireAccount(chain) },
      })
      .then(({ result }) => result)
      // What is wrong says the transaction.
      .catch(() => 0n);
    if (looked === items) break;
  }
  return gas;
}

/** Adds what a transaction did; returns how many items it looked at: each has one event. */
function take(done: ClaimAllReturn, receipt: TransactionReceipt): number {
  const { logs } = receipt;
  const paid = parseEventLogs({ abi: dealsAbi, eventName: "WorkerPaid", logs });
  const skipped = parseEventLogs({ abi: dealsAbi, eventName: "ClaimSkipped", logs });
  done.receipts.push(receipt);
  done.settled.push(...paid.map(({ args: { deal, node, pay } }) => ({ deal, node, pay })));
  for (const { args } of skipped)
    done.skipped.push({ deal: args.deal, node: args.node, reason: nameAt(claimRefusals, args.reason) });
  for (const { args } of parseEventLogs({ abi: dealsAbi, eventName: "EarningsWithdrawn", logs }))
    add(done.sent, args);
  for (const { args } of parseEventLogs({ abi: dealsAbi, eventName: "EarningsKept", logs }))
    add(done.kept, args);
  return paid.length + skipped.length;
}

function add(amounts: TokenAmount[], { token, amount }: TokenAmount): void {
  const known = amounts.find((other) => other.token === token);
  if (known === undefined) amounts.push({ token, amount });
  else known.amount += amount;
}
