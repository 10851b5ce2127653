import {
  decodeAbiParameters,
  decodeFunctionResult,
  encodeDeployData,
  encodeFunctionData,
  hexToBytes,
  type Hex,
} from "viem";
import type { Chain } from "../chain/chain.ts";
import { decodeRevert } from "../errors/decodeRevert.ts";
import type { MillraceError } from "../errors/MillraceError.ts";
import { measuredCallAbi, measuredCallCode } from "../generated/measuredCallAbi.ts";
import { oneStepAbi, oneStepCode } from "../generated/oneStepAbi.ts";

/** What a run's program, input and limits fix, and one step of it (docs/machine.md, Witness). */
export interface AskOneStepParameters {
  /** hash of the state before the step */
  state: Hex;
  program: {
    codeRoot: Hex;
    dataRoot: Hex;
    inputRoot: Hex;
    /** pages of 64 KiB */
    maxPages: number;
    /** bytes */
    inLen: number;
  };
  witness: Hex;
}

/** What the contract says to a step, and what that would cost as a transaction. */
export interface OneStepAnswer {
  /** hash of the state after the step; undefined if the witness was refused */
  next: Hex | undefined;
  /** why it was refused */
  refusal: MillraceError | undefined;
  gas: StepGas;
}

/** Gas of a step that is a transaction of its own. */
export interface StepGas {
  /** all of it: the larger one of the two ways to count */
  total: number;
  /** of the contract's work, without the transaction's base and calldata */
  execution: number;
  /** of calldata at the price that execution is added to */
  calldata: number;
  /** the least that a transaction with this calldata costs (EIP-7623), whatever it executes */
  floor: number;
}

const BASE_GAS = 21_000;
/** Of a byte of calldata that is 0, and of any other one. */
const CALLDATA_GAS = { zero: 4, other: 16 } as const;
const FLOOR_GAS = { zero: 10, other: 40 } as const;
/** What the measuring adds: reaching the contract, and the instructions around it. */
const MEASURING_GAS = 131;

/**
 * Asks contract OneStep for one step, by an `eth_call` that brings the contract along: it need not be deployed.
 * @throws MillraceError `rpc-unreachable`
 */
export async function askOneStep(
  chain: Pick<Chain, "publicClient" | "deployment">,
  { state, program, witness }: AskOneStepParameters,
): Promise<OneStepAnswer> {
  const call = encodeFunctionData({
    ...{ abi: oneStepAbi, functionName: "step", args: [state, program, witness] },
  });
  const data = encodeDeployData({
    ...{ abi: measuredCallAbi, bytecode: measuredCallCode, args: [oneStepCode, call] },
  });
  const [isAnswered, gasUsed, answer] = decodeAbiParameters(
    [{ type: "bool" }, { type: "uint256" }, { type: "bytes" }],
    await callWithoutRecipient(chain, data),
  );
  return {
    next: isAnswered
      ? decodeFunctionResult({ abi: oneStepAbi, functionName: "step", data: answer })
      : undefined,
    refusal: isAnswered ? undefined : decodeRevert({ data: answer }),
    gas: gasOf(hexToBytes(call), Math.max(0, Number(gasUsed) - MEASURING_GAS)),
  };
}

async function callWithoutRecipient(
  { publicClient, deployment }: Pick<Chain, "publicClient" | "deployment">,
  data: Hex,
): Promise<Hex> {
  try {
    const { data: returned } = await publicClient.call({ data });
    return returned ?? "0x";
  } catch (error) {
    throw decodeRevert(error, { deployment });
  }
}

function gasOf(calldata: Uint8Array, execution: number): StepGas {
  const zeros = calldata.reduce((count, byte) => (byte === 0 ? count + 1 : count), 0);
  const others = calldata.length - zeros;
  const priced = (price: { zero: number; other: number }): number =>
    zeros * price.zero + others * price.other;
  const [standard, floor] = [priced(CALLDATA_GAS), BASE_GAS + priced(FLOOR_GAS)];
  return {
    ...{ execution, calldata: standard, floor },
    total: Math.max(BASE_GAS + standard + execution, floor),
  };
}
