import PQueue from "p-queue";
import pRetry from "p-retry";
import {
  keccak256,
  TransactionNotFoundError,
  TransactionReceiptNotFoundError,
  type Hash,
  type Hex,
  type LocalAccount,
  type TransactionReceipt,
} from "viem";
import { setTimeout as delay } from "../delay.ts";
import { MillraceError } from "../errors/MillraceError.ts";
import { isNonceTaken, isUnreachable } from "../errors/transport.ts";
import type { Chain, Envelope, Outbox, SubmitOptions } from "./chain.ts";
import { requireAccount } from "./requireAccount.ts";

interface Fees {
  maxFeePerGas: bigint;
  maxPriorityFeePerGas: bigint;
}

interface Sent {
  envelope: Envelope;
  nonce: number;
  fees: Fees;
  /** every version that was signed under this nonce, newest last */
  hashes: Hash[];
  /** how often the nonce was found used without a receipt */
  usedWithoutReceipt: number;
}

const looksBeforeReplaced = 8;

/** Creates the queue of one account: nonces are given in order, waiting for receipts happens side by side. */
export function createOutbox(chain: Omit<Chain, "outbox">): Outbox {
  const turns = new PQueue({ concurrency: 1 });
  let nextNonce = 0;
  let waiting = 0;

  async function sendNext(
    account: LocalAccount,
    prepare: () => Promise<Envelope>,
    patienceMs: number,
  ): Promise<Sent> {
    // With none of ours in flight the chain alone is right; else it may not know them yet.
    const own = waiting === 0 ? 0 : nextNonce;
    // Before `prepare`: if another process sends with this key meanwhile, the nonce is taken and all is done anew.
    const nonce = await freeNonce(chain, { account, own, patienceMs });
    const envelope = await prepare();
    const fees = await chain.publicClient.estimateFeesPerGas();
    const sent: Sent = { envelope, nonce, fees, hashes: [], usedWithoutReceipt: 0 };
    await broadcast(chain, account, sent);
    nextNonce = nonce + 1;
    waiting += 1;
    return sent;
  }

  return {
    async submit(prepare, options) {
      const account = requireAccount(chain);
      const sent = await turns.add(() =>
        // Another process with the same key was faster: nothing of ours is out, so the next nonce is tried.
        pRetry(() => sendNext(account, prepare, options.bumpAfterMs), {
          retries: 3,
          minTimeout: 100,
          shouldRetry: ({ error }) => isNonceTaken(error),
        }),
      );
      try {
        return await receiptOf(chain, account, sent, options);
      } finally {
        waiting -= 1;
      }
    },
  };
}

interface FreeNonceParameters {
  account: LocalAccount;
  /** the nonce after the newest that this outbox gave; 0 if none of its transactions is in flight */
  own: number;
  patienceMs: number;
}

/**
 * The next nonce, once no transaction of an earlier process with this key is in flight: what it was sent for may not be
 * seen by a simulation yet, and would be done twice.
 * @throws MillraceError `transaction-pending`
 */
async function freeNonce(
  { publicClient, pollingIntervalMs }: Omit<Chain, "outbox">,
  { account: { address }, own, patienceMs }: FreeNonceParameters,
): Promise<number> {
  const startedAt = Date.now();
  for (;;) {
    const [mined, known] = await Promise.all([
      publicClient.getTransactionCount({ address }),
      publicClient.getTransactionCount({ address, blockTag: "pending" }),
    ]);
    if (known <= Math.max(mined, own)) return Math.max(known, own);
    if (Date.now() - startedAt >= patienceMs) throw earlierPending(address, mined);
    await delay(pollingIntervalMs);
  }
}

async function receiptOf(
  chain: Omit<Chain, "outbox">,
  account: LocalAccount,
  sent: Sent,
  { timeoutMs, bumpAfterMs }: SubmitOptions,
): Promise<TransactionReceipt> {
  const startedAt = Date.now();
  let bumpAt = startedAt + bumpAfterMs;
  for (;;) {
    const receipt = await findReceipt(chain, account, sent);
    if (receipt !== undefined) return receipt;
    if (Date.now() - startedAt >= timeoutMs) throw pending(sent, timeoutMs);
    if (Date.now() >= bumpAt) {
      bumpAt = Date.now() + bumpAfterMs;
      await bump(chain, account, sent);
    }
    await delay(chain.pollingIntervalMs);
  }
}

async function findReceipt(
  chain: Omit<Chain, "outbox">,
  account: LocalAccount,
  sent: Sent,
): Promise<TransactionReceipt | undefined> {
  try {
    // Read before the receipts: if the nonce was used by then, one of our versions has a receipt or none ever will.
    const used = await chain.publicClient.getTransactionCount({ address: account.address });
    if (used <= sent.nonce) return undefined;
    for (const hash of sent.hashes) {
      const receipt = await chain.publicClient.getTransactionReceipt({ hash }).catch(unlessNotFound);
      if (receipt !== undefined) return receipt;
    }
  } catch (error) {
    if (isUnreachable(error)) return undefined; // The transaction is out; the chain may come back before the timeout.
    throw error;
  }
  // An RPC end of several machines may know the nonce before it knows the receipt.
  sent.usedWithoutReceipt += 1;
  if (sent.usedWithoutReceipt < looksBeforeReplaced) return undefined;
  throw new MillraceError({
    code: "transaction-replaced",
    shortMessage: `Another transaction of ${account.address} took the nonce ${sent.nonce}; this one had no effect.`,
    nextStep: "Let only one process send with this key, then try again.",
    retryable: true,
  });
}

/** Replaces a transaction that isn't mined in time, under its own nonce: at most one version can ever be mined. */
async function bump(chain: Omit<Chain, "outbox">, account: LocalAccount, sent: Sent): Promise<void> {
  const now = await chain.publicClient.estimateFeesPerGas().catch(() => sent.fees);
  sent.fees = {
    maxFeePerGas: larger(now.maxFeePerGas, (sent.fees.maxFeePerGas * 5n) / 4n + 1n),
    maxPriorityFeePerGas: larger(now.maxPriorityFeePerGas, (sent.fees.maxPriorityFeePerGas * 5n) / 4n + 1n),
  };
  // Refused (already mined, fee still too low, end unreachable): the next look for a receipt decides.
  await broadcast(chain, account, sent).catch(() => undefined);
}

async function broadcast(chain: Omit<Chain, "outbox">, account: LocalAccount, sent: Sent): Promise<void> {
  const serialized = await account.signTransaction({
    ...sent.envelope,
    ...sent.fees,
    chainId: chain.chainId,
    nonce: sent.nonce,
    type: "eip1559",
  });
  const hash = keccak256(serialized);
  sent.hashes.push(hash);
  await sendUntilClear(chain, { hash, serialized });
}

/**
 * Sending the same signed bytes twice can't execute twice, so an unclear outcome is simply tried again. If it stays
 * unclear the transaction counts as sent: whoever heard an error instead might order the same once more.
 */
async function sendUntilClear(
  { publicClient }: Omit<Chain, "outbox">,
  { hash, serialized }: { hash: Hash; serialized: Hex },
): Promise<void> {
  let maybeSent = false;
  const sendOnce = async () => {
    try {
      // No retries inside viem: they would hide that an earlier try may have arrived.
      await publicClient.request(
        { method: "eth_sendRawTransaction", params: [serialized] },
        { retryCount: 0 },
      );
    } catch (error) {
      if (isUnreachable(error)) {
        maybeSent = true;
        throw error;
      }
      // Another process with this key may send the very same bytes: theirs isn't ours.
      if (isNonceTaken(error) && !maybeSent) throw error;
      const known = await publicClient.getTransaction({ hash }).catch(unlessNotFound);
      if (known === undefined) throw error;
    }
  };
  await pRetry(sendOnce, {
    retries: 4,
    minTimeout: 200,
    maxTimeout: 2000,
    shouldRetry: ({ error }) => isUnreachable(error),
  }).catch((error: unknown) => {
    if (!isUnreachable(error)) throw error;
  });
}

function unlessNotFound(error: unknown): undefined {
  if (error instanceof TransactionNotFoundError || error instanceof TransactionReceiptNotFoundError)
    return undefined;
  throw error;
}

function larger(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}

function pending(sent: Sent, timeoutMs: number): MillraceError {
  return new MillraceError({
    code: "transaction-pending",
    shortMessage: `The transaction was not mined within ${timeoutMs / 1000} s; it may still be.`,
    details: `Nonce ${sent.nonce}, hash ${sent.hashes.join(", ")}.`,
    nextStep: "Look the hash up before you send it again.",
  });
}

function earlierPending(address: string, nonce: number): MillraceError {
  return new MillraceError({
    code: "transaction-pending",
    shortMessage: `An earlier transaction of ${address}, with nonce ${nonce}, is not mined yet; nothing was sent.`,
    nextStep: "Wait until it is, or replace it with more gas money from the wallet that sent it.",
    retryable: true,
  });
}
