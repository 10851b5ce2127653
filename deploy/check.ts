/** The check after a deployment: proves from the chain alone that what stands there is what was meant. */
import type { EIP1193Provider } from "@nomicfoundation/ignition-core";
import { type Address, createPublicClient, custom } from "viem";
import { dealsAbi } from "../sdk/src/generated/dealsAbi.ts";
import { modulesAbi } from "../sdk/src/generated/modulesAbi.ts";
import { parametersAbi } from "../sdk/src/generated/parametersAbi.ts";
import { registryAbi } from "../sdk/src/generated/registryAbi.ts";
import { stakingAbi } from "../sdk/src/generated/stakingAbi.ts";
import { checkGovernance } from "./checkGovernance.ts";
import { checkMill, checkPaymentTokens } from "./checkTokens.ts";
import { type CompiledCode, checkCode } from "./checkCode.ts";
import { checkDealsParts } from "./checkDealsParts.ts";
import { checkRoles } from "./checkRoles.ts";
import { expectSame } from "./expectSame.ts";
import type { DeploymentRecord } from "./record.ts";
import type { DeploymentSettings } from "./settings.ts";

/** What the check looks at. */
export interface CheckParameters {
  readonly provider: EIP1193Provider;
  readonly record: DeploymentRecord;
  readonly settings: DeploymentSettings;
  /** The address the contracts were deployed from. */
  readonly deployer: string;
  /** Compiled code by contract name. */
  readonly compiled: (contract: string) => Promise<CompiledCode>;
}

/**
 * Compares the chain with the record and the settings: code, clock, bindings, parameters, first holders, and that
 * the timelock's roles are exactly those of the settings and none the deployer's.
 *
 * @returns one sentence for each thing that is wrong; empty if all is well
 */
export async function checkDeployment(parameters: CheckParameters): Promise<string[]> {
  const { provider, record, settings, deployer } = parameters;
  const client = createPublicClient({ transport: custom(provider, { retryCount: 0 }) });
  const chainId = await client.getChainId();
  if (chainId !== record.chainId)
    return [`This is chain ${chainId}, the record is of chain ${record.chainId}.`];
  const { compiled } = parameters;
  const code = await checkCode({ client, record, compiled });
  // Without the right code nothing else can be read.
  if (code.length > 0) return code;
  const lists = await Promise.all([
    checkParameters(client, record, settings),
    checkBindings(client, record),
    checkDealsParts({ client, record, compiled }),
    checkRoles({ client, record, settings, deployer }),
    checkGovernance({ client, record, settings }),
    checkMill({ client, record, settings }),
    checkPaymentTokens({ client, record }),
  ]);
  return lists.flat();
}

type Client = ReturnType<typeof createPublicClient>;

async function checkParameters(
  client: Client,
  record: DeploymentRecord,
  settings: DeploymentSettings,
): Promise<string[]> {
  const contract = { address: record.contracts.parameters as Address, abi: parametersAbi } as const;
  const [admin, values, windows, vetoMargin] = await Promise.all([
    client.readContract({ ...contract, functionName: "admin" }),
    client.readContract({ ...contract, functionName: "values" }),
    client.readContract({ ...contract, functionName: "windows" }),
    client.readContract({ ...contract, functionName: "vetoMargin" }),
  ]);
  const differing = Object.entries(settings.parameters)
    .filter(([name, value]) => BigInt(values[name as keyof typeof values]) !== value)
    .map(([name, value]) => `${name} is ${values[name as keyof typeof values]}, not ${value}.`);
  const differingWindows = Object.entries(settings.windows)
    .filter(([name, value]) => windows[name as keyof typeof windows] !== value)
    .map(([name, value]) => `${name} is ${windows[name as keyof typeof windows]}, not ${value}.`);
  return [
    ...expectSame("admin of Parameters", admin, record.contracts.timelock),
    ...differing,
    ...differingWindows,
    ...expectSame("margin of the veto window", vetoMargin, settings.governance.vetoMarginSeconds),
  ];
}

async function checkBindings(client: Client, record: DeploymentRecord): Promise<string[]> {
  const { contracts } = record;
  const registry = { address: contracts.registry as Address, abi: registryAbi } as const;
  const staking = { address: contracts.staking as Address, abi: stakingAbi } as const;
  const deals = { address: contracts.deals as Address, abi: dealsAbi } as const;
  const modules = { address: contracts.modules as Address, abi: modulesAbi } as const;
  const facts: [string, Promise<string | number | bigint>, string | number][] = [
    ["Deals bound in Registry", client.readContract({ ...registry, functionName: "deals" }), contracts.deals],
    ["Deals bound in Staking", client.readContract({ ...staking, functionName: "deals" }), contracts.deals],
    [
      "parameters of Registry",
      client.readContract({ ...registry, functionName: "parameters" }),
      contracts.parameters,
    ],
    [
      "parameters of Staking",
      client.readContract({ ...staking, functionName: "parameters" }),
      contracts.parameters,
    ],
    [
      "parameters of Deals",
      client.readContract({ ...deals, functionName: "parameters" }),
      contracts.parameters,
    ],
    [
      "registry of Staking",
      client.readContract({ ...staking, functionName: "registry" }),
      contracts.registry,
    ],
    ["registry of Deals", client.readContract({ ...deals, functionName: "registry" }), contracts.registry],
    ["staking of Deals", client.readContract({ ...deals, functionName: "staking" }), contracts.staking],
    ["deals of Modules", client.readContract({ ...modules, functionName: "deals" }), contracts.deals],
    ["token of Staking", client.readContract({ ...staking, functionName: "mill" }), contracts.mill],
    ["treasury of Deals", client.readContract({ ...deals, functionName: "treasury" }), contracts.timelock],
    ["genesis of Registry", client.readContract({ ...registry, functionName: "genesis" }), record.genesis],
    ["genesis of Deals", client.readContract({ ...deals, functionName: "genesis" }), record.genesis],
    [
      "epoch duration of Registry",
      client.readContract({ ...registry, functionName: "epochDuration" }),
      record.epochDuration,
    ],
    [
      "epoch duration of Deals",
      client.readContract({ ...deals, functionName: "epochDuration" }),
      record.epochDuration,
    ],
  ];
  const lists = await Promise.all(
    facts.map(async ([what, actual, expected]) => expectSame(what, await actual, expected)),
  );
  return lists.flat();
}
