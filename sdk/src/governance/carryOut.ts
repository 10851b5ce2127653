import type { TransactionReceipt } from "viem";
import type { Chain } from "../chain/chain.ts";
import { send } from "../chain/send.ts";
import { governorAbi } from "../generated/governorAbi.ts";
import { governorArguments, readProposalContent } from "./readProposalContent.ts";

export interface ProposalParameters {
  proposal: bigint;
}

/**
 * Puts a proposal that was agreed to into the timelock; anyone may.
 * @throws MillraceError `governor-unexpected-proposal-state` (not agreed to, or not yet), `governor-nonexistent-proposal`
 * and as {@link send}
 */
export function queueProposal(
  chain: Chain,
  parameters: ProposalParameters,
): Promise<{ receipt: TransactionReceipt }> {
  return sendFor(chain, parameters, "queue");
}

/**
 * Carries a queued proposal out once the timelock's delay is over; anyone may.
 * @throws MillraceError `timelock-unexpected-operation-state` (too early), the decoded revert of an action,
 * `governor-unexpected-proposal-state`, `governor-nonexistent-proposal` and as {@link send}
 */
export function executeProposal(
  chain: Chain,
  parameters: ProposalParameters,
): Promise<{ receipt: TransactionReceipt }> {
  return sendFor(chain, parameters, "execute");
}

/**
 * Takes a proposal back; its proposer may, until the vote begins.
 * @throws MillraceError `governor-unable-to-cancel`, `governor-nonexistent-proposal` and as {@link send}
 */
export function cancelProposal(
  chain: Chain,
  parameters: ProposalParameters,
): Promise<{ receipt: TransactionReceipt }> {
  return sendFor(chain, parameters, "cancel");
}

async function sendFor(
  chain: Chain,
  { proposal }: ProposalParameters,
  functionName: "queue" | "execute" | "cancel",
): Promise<{ receipt: TransactionReceipt }> {
  const content = await readProposalContent(chain, proposal);
  const { receipt } = await send(chain, {
    address: chain.deployment.contracts.governor,
    abi: governorAbi,
    functionName,
    args: governorArguments(content),
  });
  return { receipt };
}
