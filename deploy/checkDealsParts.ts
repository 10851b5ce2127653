import type { Address, PublicClient } from "viem";
import { dealsAbi } from "../sdk/src/generated/dealsAbi.ts";
import { type CheckCodeParameters, checkCodeAt } from "./checkCode.ts";
import type { DeploymentRecord } from "./record.ts";

/**
 * Deals passes some calls on to code at two more addresses, which the record doesn't name: checks that the compiled
 * parts stand there and that they know the same contracts, treasury and clock as Deals.
 */
export async function checkDealsParts({ client, record, compiled }: CheckCodeParameters): Promise<string[]> {
  const deals = { address: record.contracts.deals as Address, abi: dealsAbi } as const;
  const [matching, control] = await Promise.all([
    client.readContract({ ...deals, functionName: "matching" }),
    client.readContract({ ...deals, functionName: "control" }),
  ]);
  const parts = [
    { name: "DealsMatching", address: matching },
    { name: "DealsControl", address: control },
  ];
  const problems = await Promise.all(
    parts.map(async ({ name, address }) => {
      const code = await checkCodeAt({ client, address, name, compiled });
      return code.length > 0 ? code : checkFacts({ client, record, name, address });
    }),
  );
  return problems.flat();
}

async function checkFacts(part: {
  client: PublicClient;
  record: DeploymentRecord;
  name: string;
  address: Address;
}): Promise<string[]> {
  const { contracts, genesis, epochDuration } = part.record;
  const expected = {
    registry: contracts.registry,
    staking: contracts.staking,
    parameters: contracts.parameters,
    treasury: contracts.timelock,
    genesis,
    epochDuration,
  };
  const problems = await Promise.all(
    Object.entries(expected).map(async ([fact, value]) => {
      const functionName = fact as keyof typeof expected;
      const actual = await part.client.readContract({ address: part.address, abi: dealsAbi, functionName });
      const same = String(actual).toLowerCase() === String(value).toLowerCase();
      return same ? [] : [`The ${fact} of ${part.name} is ${actual}, not ${value}.`];
    }),
  );
  return problems.flat();
}
