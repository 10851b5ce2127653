import { type PublicClient, getAddress } from "viem";
import type { DeploymentRecord } from "./record.ts";

/** The compiled code of a contract and where its immutable values stand in it, in bytes. */
export interface CompiledCode {
  readonly deployedBytecode: string;
  readonly immutableReferences?: Record<string, readonly { start: number; length: number }[]>;
}

/** What the check of the code looks at. */
export interface CheckCodeParameters {
  readonly client: PublicClient;
  readonly record: DeploymentRecord;
  /** Compiled code by contract name. */
  readonly compiled: (contract: string) => Promise<CompiledCode>;
}

/** Compares the code of every contract in the record with what the compiler made of it. */
export async function checkCode({ client, record, compiled }: CheckCodeParameters): Promise<string[]> {
  const names: Record<keyof DeploymentRecord["contracts"], string> = {
    mill: "Mill",
    parameters: "Parameters",
    registry: "Registry",
    staking: "Staking",
    deals: "Deals",
    modules: "Modules",
    timelock: "Timelock",
    governor: "MillraceGovernor",
    votingPower: "VotingPower",
  };
  const problems = await Promise.all(
    Object.entries(record.contracts).map(async ([key, address]) =>
      checkCodeAt({ client, address, name: names[key as keyof typeof names], compiled }),
    ),
  );
  return problems.flat();
}

/** Compares the code at an address with the compiled contract of a name; immutable values are left out. */
export async function checkCodeAt({
  client,
  address,
  name,
  compiled,
}: Omit<CheckCodeParameters, "record"> & { address: string; name: string }): Promise<string[]> {
  const present = await client.getCode({ address: getAddress(address) });
  if (present === undefined) return [`There is no code at ${address} where ${name} should be.`];
  const expected = await compiled(name);
  const same =
    withoutImmutables(present, expected) === withoutImmutables(expected.deployedBytecode, expected);
  return same ? [] : [`The code at ${address} is not the compiled ${name}.`];
}

function withoutImmutables(code: string, { immutableReferences = {} }: CompiledCode): string {
  let masked = code;
  for (const { start, length } of Object.values(immutableReferences).flat()) {
    const from = 2 + 2 * start; // after "0x", two digits a byte
    masked = masked.slice(0, from) + "0".repeat(2 * length) + masked.slice(from + 2 * length);
  }
  return masked;
}
