import type { Hex } from "viem";

/** Something that happened to a deal. */
export interface DealEvent {
  /** names the event in its transaction; the same if a reorg moves it to another block */
  id: string;
  /** the event's name in the contract */
  name: string;
  /** what happened and why, for a person */
  sentence: string;
  /** true: it happens all the time and tells little (epochs charged, workers settled) */
  routine: boolean;
  node: number | undefined;
  provider: number | undefined;
  blockNumber: bigint;
  txHash: Hex;
}
