import type { Address, PublicClient } from "viem";
import { dealsAbi } from "../sdk/src/generated/dealsAbi.ts";
import { type CheckCodeParameters, checkCodeAt } from "./checkCode.ts";
import { expectSame } from "./expectSame.ts";

const facts = ["registry", "staking", "parameters", "treasury", "genesis", "epochDuration"] as const;

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
  const expected = await readFacts(client, deals.address);
  const problems = await Promise.all(
    parts.map(async ({ name, address }) => {
      const code = await checkCodeAt({ client, address, name, compiled });
      if (code.length > 0) return code;
      const actual = await readFacts(client, address);
      return facts.flatMap((fact, index) =>
        expectSame(`${fact} of ${name}`, actual[index] ?? "nothing", expected[index] ?? "nothing"),
      );
    }),
  );
  return problems.flat();
}

function readFacts(client: PublicClient, address: Address): Promise<(string | number | bigint)[]> {
  return Promise.all(
    facts.map((functionName) => client.readContract({ address, abi: dealsAbi, functionName })),
  );
}
