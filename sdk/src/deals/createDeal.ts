import { parseEventLogs, type TransactionReceipt } from "viem";
import type { Chain } from "../chain/chain.ts";
import { findPaymentToken } from "../chain/deployment.ts";
import { eventOf } from "../chain/eventOf.ts";
import { send } from "../chain/send.ts";
import { dealsAbi } from "../generated/dealsAbi.ts";
import type { Terms } from "../terms.ts";
import { withAllowance } from "../tokens/withAllowance.ts";

export interface CreateDealParameters {
  terms: Terms;
  /** smallest units of the payment token; {@link quoteDeal} says how much is needed */
  deposit: bigint;
  /**
   * nodes to match it with in the same transaction, in order of preference, with the highest ask (per unit and epoch)
   * accepted of each; if none can be taken the deal waits for another match
   */
  candidates?: readonly { node: number; maxAsk: bigint }[] | undefined;
}

/** What a match takes for each node at most. */
const gasPerCandidate = 100_000n;

/**
 * Creates a deal and funds it, with a permit where the payment token has them (then it is one transaction), else with
 * an approval first.
 * @returns the new deal's id and the nodes that were assigned to it
 * @throws MillraceError `deals-deposit-too-small`, `deals-terms-invalid`, `erc20-insufficient-balance` and as {@link send}
 */
export async function createDeal(
  chain: Chain,
  { terms, deposit, candidates = [] }: CreateDealParameters,
): Promise<{ deal: bigint; assigned: number[]; receipt: TransactionReceipt }> {
  const address = chain.deployment.contracts.deals;
  const token = findPaymentToken(chain.deployment, terms.paymentToken);
  // A node may become eligible between the estimate and the block.
  const extraGas = gasPerCandidate * BigInt(candidates.length);
  const contract = { address, abi: dealsAbi, token, extraGas } as const;
  const allowance = { token: terms.paymentToken, spender: address, amount: deposit, units: token };
  const { receipt } = await withAllowance(chain, allowance, (permit) => {
    const permission = permit && ([permit.deadline, permit.v, permit.r, permit.s] as const);
    if (candidates.length === 0)
      return permission === undefined
        ? send(chain, { ...contract, functionName: "createDeal", args: [terms, deposit] })
        : send(chain, {
            ...contract,
            functionName: "createDealWithPermit",
            args: [terms, deposit, ...permission],
          });
    return permission === undefined
      ? send(chain, {
          ...contract,
          functionName: "createDealAndMatch",
          args: [terms, deposit, candidates],
        })
      : send(chain, {
          ...contract,
          functionName: "createDealAndMatchWithPermit",
          args: [terms, deposit, candidates, ...permission],
        });
  });
  const { deal } = eventOf(receipt, { abi: dealsAbi, eventName: "DealCreated" });
  const events = parseEventLogs({ abi: dealsAbi, eventName: "WorkerAssigned", logs: receipt.logs });
  return { deal, assigned: events.map(({ args }) => args.node), receipt };
}
