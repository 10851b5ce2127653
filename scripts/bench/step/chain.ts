/** The contract on a chain of its own, asked with transactions. */
import { readFile } from "node:fs/promises";
import hre from "hardhat";
import { encodeFunctionData } from "viem";
import type { Abi, Hex } from "viem";
import type { VerifyStepParameters } from "../../../machine/src/witness/verify.ts";

interface StepChain {
  /** Bytes of the contract's code. */
  contractBytes: number;
  /** The gas of a whole transaction, from its receipt. @throws Error if it fails or answers otherwise than `next` */
  measure: (claim: VerifyStepParameters, next: Uint8Array) => Promise<number>;
}

const artifact = new URL("../../../artifacts/contracts/disputes/OneStep.sol/OneStep.json", import.meta.url);
const toHex = (bytes: Uint8Array): Hex => `0x${Buffer.from(bytes).toString("hex")}`;

/** Starts a chain in this process and deploys the contract. */
export async function startChain(): Promise<StepChain> {
  const { abi, bytecode, deployedBytecode } = JSON.parse(await readFile(artifact, "utf8")) as {
    abi: Abi;
    bytecode: Hex;
    deployedBytecode: Hex;
  };
  const { provider } = await hre.network.create();
  const ask = async (method: string, ...params: unknown[]): Promise<unknown> =>
    await provider.request({ method, params });
  const [from] = (await ask("eth_accounts")) as [string];
  async function send(transaction: object): Promise<{ contractAddress: string; gasUsed: string }> {
    const hash = await ask("eth_sendTransaction", { from, gas: "0xe4e1c0", ...transaction });
    return (await ask("eth_getTransactionReceipt", hash)) as { contractAddress: string; gasUsed: string };
  }
  const { contractAddress: to } = await send({ data: bytecode });

  async function measure(claim: VerifyStepParameters, next: Uint8Array): Promise<number> {
    const { codeRoot, dataRoot, inputRoot, maxPages, inLen } = claim.fixed;
    const program = {
      ...{ codeRoot: toHex(codeRoot), dataRoot: toHex(dataRoot), inputRoot: toHex(inputRoot) },
      ...{ maxPages, inLen },
    };
    const args = [toHex(claim.stateHash), program, toHex(claim.witness)];
    const data = encodeFunctionData({ abi, functionName: "step", args });
    const answer = await ask("eth_call", { to, data }, "latest");
    if (answer !== toHex(next))
      throw new Error(`The contract says ${String(answer)}, the interpreter ${toHex(next)}.`);
    return Number((await send({ to, data })).gasUsed);
  }
  return { contractBytes: deployedBytecode.length / 2 - 1, measure };
}
