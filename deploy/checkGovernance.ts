import { type PublicClient, getAddress, zeroAddress } from "viem";
import { governorAbi } from "../sdk/src/generated/governorAbi.ts";
import { millAbi } from "../sdk/src/generated/millAbi.ts";
import { parametersAbi } from "../sdk/src/generated/parametersAbi.ts";
import { votingPowerAbi } from "../sdk/src/generated/votingPowerAbi.ts";
import { expectSame } from "./expectSame.ts";
import type { DeploymentRecord } from "./record.ts";
import type { DeploymentSettings } from "./settings.ts";

/**
 * Checks who votes, by which rules, and who the guardian is. True right after a deployment only: votes may change it.
 *
 * @returns one sentence for each thing that is wrong
 */
export async function checkGovernance(parameters: {
  client: PublicClient;
  record: DeploymentRecord;
  settings: DeploymentSettings;
}): Promise<string[]> {
  const { client, record, settings } = parameters;
  const { contracts } = record;
  const rules = settings.governance;
  const governor = { address: getAddress(contracts.governor), abi: governorAbi } as const;
  const votes = { address: getAddress(contracts.votingPower), abi: votingPowerAbi } as const;
  const facts: [string, Promise<string | number | bigint>, string | number | bigint][] = [
    [
      "timelock of the governor",
      client.readContract({ ...governor, functionName: "timelock" }),
      contracts.timelock,
    ],
    [
      "parameters of the governor",
      client.readContract({ ...governor, functionName: "parameters" }),
      contracts.parameters,
    ],
    [
      "token of the governor",
      client.readContract({ ...governor, functionName: "token" }),
      contracts.votingPower,
    ],
    [
      "voting delay",
      client.readContract({ ...governor, functionName: "votingDelay" }),
      rules.votingDelaySeconds,
    ],
    [
      "voting period",
      client.readContract({ ...governor, functionName: "votingPeriod" }),
      rules.votingPeriodSeconds,
    ],
    [
      "proposal threshold",
      client.readContract({ ...governor, functionName: "proposalThreshold" }),
      rules.proposalThreshold,
    ],
    [
      "quorum in percent",
      client.readContract({ ...governor, functionName: "quorumNumerator" }),
      rules.quorumPercent,
    ],
    [
      "denominator of the quorum",
      client.readContract({ ...governor, functionName: "quorumDenominator" }),
      100,
    ],
    ["token of the voting power", client.readContract({ ...votes, functionName: "mill" }), contracts.mill],
    [
      "staking of the voting power",
      client.readContract({ ...votes, functionName: "staking" }),
      contracts.staking,
    ],
    [
      "treasury of the voting power",
      client.readContract({ ...votes, functionName: "treasury" }),
      contracts.timelock,
    ],
    [
      "treasury of MILL",
      client.readContract({
        address: getAddress(contracts.mill),
        abi: millAbi,
        functionName: "treasury",
      }),
      contracts.timelock,
    ],
    [
      "guardian",
      client.readContract({
        address: getAddress(contracts.parameters),
        abi: parametersAbi,
        functionName: "guardian",
      }),
      rules.guardian ?? zeroAddress,
    ],
  ];
  const lists = await Promise.all(
    facts.map(async ([what, actual, expected]) => expectSame(what, await actual, expected)),
  );
  return lists.flat();
}
