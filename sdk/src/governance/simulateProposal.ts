import { formatEther } from "viem";
import type { Chain } from "../chain/chain.ts";
import { decodeRevert } from "../errors/decodeRevert.ts";
import { MillraceError } from "../errors/MillraceError.ts";
import type { ProposalAction } from "./actions.ts";

/** What an action would do now. */
export interface SimulatedAction {
  readonly action: ProposalAction;
  /** undefined: it would succeed */
  readonly error: MillraceError | undefined;
}

/**
 * Calls each action as the timelock would, in the newest block, without sending anything: whether it would succeed if it
 * were executed now. Each action is tried by itself; one that needs another before it is told as failing.
 * @throws MillraceError `rpc-unreachable`
 */
export async function simulateProposal(
  chain: Chain,
  actions: readonly ProposalAction[],
): Promise<SimulatedAction[]> {
  const { deployment, publicClient } = chain;
  return Promise.all(
    actions.map(async (action) => {
      const { target, value, data } = action;
      try {
        // Not every RPC end minds, in a call, that the caller lacks the coin.
        const held = await publicClient.getBalance({ address: deployment.contracts.timelock });
        if (held < value) return { action, error: treasuryShort(held, value) };
        await publicClient.call({ account: deployment.contracts.timelock, to: target, value, data });
        return { action, error: undefined };
      } catch (cause) {
        const error = decodeRevert(cause, { deployment });
        if (error.code === "rpc-unreachable") throw error;
        return { action, error };
      }
    }),
  );
}

function treasuryShort(held: bigint, wanted: bigint): MillraceError {
  return new MillraceError({
    code: "treasury-ether-short",
    shortMessage: `The treasury holds ${formatEther(held)} ETH, and ${formatEther(wanted)} ETH are needed.`,
    nextStep: "See what it holds: millrace dao treasury",
  });
}
