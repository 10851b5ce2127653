import hre from "hardhat";
import type { VerifyStepParameters } from "../../../machine/src/witness/verify.ts";

/** What a call of `step` says: the hash of the next state, or the name of the error that refuses the witness. */
export type Answer = string;

/** A chain of its own with the contract on it. */
export async function startOneStep(): Promise<(claim: VerifyStepParameters) => Promise<Answer>> {
  const { ethers, provider } = await hre.network.create();
  const contract = await ethers.deployContract("OneStep");
  const to = await contract.getAddress();
  return async ({ fixed, stateHash, witness }) => {
    const data = contract.interface.encodeFunctionData("step", [stateHash, fixed, witness]);
    try {
      return (await provider.request({ method: "eth_call", params: [{ to, data }, "latest"] })) as string;
    } catch (error) {
      const name = nameOf(error, (reason) => contract.interface.parseError(reason)?.name);
      if (name === undefined) throw error;
      return name;
    }
  };
}

/** The name of the contract's error; undefined for any other, a panic among them. */
function nameOf(error: unknown, parse: (data: string) => string | undefined): string | undefined {
  const data = (error as { data?: string | { data?: string } }).data;
  const bytes = typeof data === "string" ? data : data?.data;
  const name = bytes === undefined ? undefined : parse(bytes);
  return name?.startsWith("Witness") === true ? name : undefined;
}

/** Bytes as the chain shows them. */
export const toHex = (bytes: Uint8Array): string => `0x${Buffer.from(bytes).toString("hex")}`;
