import {
  type Address,
  type PublicClient,
  getAddress,
  isAddressEqual,
  zeroAddress,
  zeroHash,
  keccak256,
  toBytes,
} from "viem";
import { timelockAbi } from "../sdk/src/generated/timelockAbi.ts";
import type { DeploymentRecord } from "./record.ts";
import type { DeploymentSettings } from "./settings.ts";

/**
 * Checks that the timelock's delay is that of the settings and that its roles, rebuilt from its events, are held by
 * exactly those who should: itself as the only admin, the governor to propose and cancel, everyone to execute, and the
 * deployer nowhere.
 *
 * @returns one sentence for each thing that is wrong
 */
export async function checkRoles(parameters: {
  client: PublicClient;
  record: DeploymentRecord;
  settings: DeploymentSettings;
  deployer: string;
}): Promise<string[]> {
  const { client, record, settings, deployer } = parameters;
  const timelock = getAddress(record.contracts.timelock);
  const { timelockDelaySeconds } = settings.governance;
  const governor = [record.contracts.governor];
  const roles: [string, string, readonly string[]][] = [
    ["administer the timelock", zeroHash, [timelock]],
    ["propose", keccak256(toBytes("PROPOSER_ROLE")), governor],
    ["cancel", keccak256(toBytes("CANCELLER_ROLE")), governor],
    ["execute", keccak256(toBytes("EXECUTOR_ROLE")), [zeroAddress]],
  ];
  const [holders, delay] = await Promise.all([
    readHolders(client, timelock, BigInt(record.deploymentBlock)),
    client.readContract({ address: timelock, abi: timelockAbi, functionName: "getMinDelay" }),
  ]);
  const problems =
    delay === BigInt(timelockDelaySeconds)
      ? []
      : [`The timelock waits ${delay} s, not ${timelockDelaySeconds} s.`];
  for (const [verb, role, expected] of roles) {
    const actual = holders.get(role) ?? new Set<Address>();
    const wanted = new Set(expected.map((address) => getAddress(address)));
    problems.push(
      ...[...actual]
        .filter((holder) => !wanted.has(holder))
        .map((holder) => `${holder} may ${verb} and must not.`),
      ...[...wanted]
        .filter((holder) => !actual.has(holder))
        .map((holder) => `${holder} should be able to ${verb}.`),
    );
  }
  for (const [role, accounts] of holders) {
    if (!roles.some(([, known]) => known === role))
      problems.push(`The timelock has an unknown role ${role}.`);
    if ([...accounts].some((account) => isAddressEqual(account, getAddress(deployer)))) {
      problems.push(
        `The deployer ${deployer} still holds role ${role} of the timelock. Name other accounts.`,
      );
    }
  }
  return problems;
}

async function readHolders(
  client: PublicClient,
  timelock: Address,
  fromBlock: bigint,
): Promise<Map<string, Set<Address>>> {
  const logs = await client.getContractEvents({
    address: timelock,
    abi: timelockAbi,
    fromBlock,
    strict: true,
  });
  const holders = new Map<string, Set<Address>>();
  for (const log of logs) {
    if (log.eventName !== "RoleGranted" && log.eventName !== "RoleRevoked") continue;
    const { role, account } = log.args;
    const accounts = holders.get(role) ?? new Set<Address>();
    if (log.eventName === "RoleGranted") accounts.add(getAddress(account));
    else accounts.delete(getAddress(account));
    holders.set(role, accounts);
  }
  return holders;
}
