import type {
  Address,
  Chain as ViemChain,
  Hex,
  HttpTransport,
  LocalAccount,
  PublicClient,
  TransactionReceipt,
} from "viem";
import type { Deployment } from "./deployment.ts";

/** A checked connection to one deployment on one chain. */
export interface Chain {
  readonly chainId: number;
  readonly deployment: Deployment;
  readonly publicClient: PublicClient<HttpTransport, ViemChain>;
  readonly account: LocalAccount | undefined;
  readonly pollingIntervalMs: number;
  /** sends this account's transactions in the order of their nonces */
  readonly outbox: Outbox;
}

/** A transaction as far as its sender decides it. */
export interface Envelope {
  to: Address;
  data: Hex;
  /** wei */
  value: bigint;
  gas: bigint;
}

export interface SubmitOptions {
  /** give up waiting for the receipt after this many milliseconds; the transaction may still be mined */
  timeoutMs: number;
  /** send again with more gas money, under the same nonce, each time this many milliseconds passed */
  bumpAfterMs: number;
}

export interface Outbox {
  /**
   * Signs, sends and waits until the transaction is in a block. `prepare` runs in the account's turn, so that what it
   * simulates and the nonce belong together.
   * @throws MillraceError `transaction-pending` after the timeout, `transaction-replaced` if another took its nonce
   */
  submit(prepare: () => Promise<Envelope>, options: SubmitOptions): Promise<TransactionReceipt>;
}
