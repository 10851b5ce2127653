import { randomUUID } from "node:crypto";
import { MillraceError, type Chain } from "@millrace/sdk";
import type { Address, TransactionReceipt } from "viem";
import type { Metrics } from "../metrics/metrics.ts";
import type { Election, LeaderRole } from "../store/election.ts";
import { recordOutgoing, settleOutgoing } from "../store/outgoing.ts";
import type { Store } from "../store/store.ts";

interface GuardParameters {
  readonly role: LeaderRole;
  readonly store: Store;
  readonly election: Election;
  /** wei */
  readonly gasCapPerHour: bigint;
  readonly metrics: Metrics;
}

/**
 * The chain for one role: each transaction is sent only while this process leads and the cap on gas allows it, and is
 * counted. The check comes after the nonce is known (see the SDK's outbox), so a leader that is paused behind the check
 * finds its nonce taken when it wakes up.
 */
export function guardChain(chain: Chain, parameters: GuardParameters): Chain {
  const { role, store, metrics } = parameters;
  return {
    ...chain,
    outbox: {
      async submit(prepare, options) {
        let id: string | undefined;
        const settle = async (cost: bigint) => {
          const recorded = id;
          id = undefined;
          if (recorded !== undefined) await settleOutgoing(store.database, recorded, cost);
        };
        try {
          const receipt = await chain.outbox.submit(async () => {
            await settle(0n); // A try before this one never left: its nonce was taken.
            await assertPredecessorDone(chain, parameters);
            const envelope = await prepare();
            id = await permit(chain, envelope.gas, parameters);
            return envelope;
          }, options);
          const cost = receipt.gasUsed * receipt.effectiveGasPrice;
          await settle(cost);
          count(metrics, role, receipt, cost);
          return receipt;
        } catch (error) {
          const isOut = error instanceof MillraceError && error.code === "transaction-pending";
          if (id !== undefined) metrics.transactions.inc({ role, outcome: isOut ? "pending" : "failed" });
          if (!isOut) await settle(0n).catch(() => undefined);
          throw error;
        }
      },
    },
  };
}

/** @returns the id under which the transaction is written down */
async function permit(
  chain: Chain,
  gas: bigint,
  { role, store, election, gasCapPerHour }: GuardParameters,
): Promise<string> {
  const account = chain.account?.address ?? "";
  const { maxFeePerGas } = await chain.publicClient.estimateFeesPerGas();
  const id = randomUUID();
  await recordOutgoing(store.database, election, {
    id,
    role,
    account,
    cost: gas * maxFeePerGas,
    capPerHour: gasCapPerHour,
  });
  return id;
}

/** Longest that a new leader waits for what its predecessor sent. */
const predecessorMs = 120_000;

/** What the leader before sent from another wallet must be in a block, or it would be done once more. */
async function assertPredecessorDone(
  { publicClient, account }: Chain,
  { role, election }: Pick<GuardParameters, "role" | "election">,
): Promise<void> {
  const term = election.term(role);
  if (term?.predecessor === undefined || term.predecessor === account?.address) return;
  if (Date.now() - term.beganAtMs > predecessorMs) return;
  const address = term.predecessor as Address;
  const [mined, known] = await Promise.all([
    publicClient.getTransactionCount({ address }),
    publicClient.getTransactionCount({ address, blockTag: "pending" }),
  ]);
  if (known <= mined) return;
  throw new MillraceError({
    code: "predecessor-pending",
    shortMessage: `${address}, which sent as ${role} before, has ${known - mined} transactions in flight; nothing was sent.`,
    nextStep: "Wait until they are mined.",
    retryable: true,
  });
}

function count(metrics: Metrics, role: LeaderRole, receipt: TransactionReceipt, cost: bigint): void {
  metrics.transactions.inc({ role, outcome: receipt.status === "success" ? "mined" : "reverted" });
  metrics.gasSpent.inc({ role }, Number(cost) / 1e18);
}
