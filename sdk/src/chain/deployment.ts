import { getAddress, isAddressEqual, type Address } from "viem";
import type { Static } from "typebox";
import Value from "typebox/value";
import { deploymentSchema } from "../api/schemas/service.ts";
import { MillraceError } from "../errors/MillraceError.ts";

/** Where a network's contracts are and how its time runs; `deployments/<network>.json`. */
export type Deployment = Static<typeof deploymentSchema>;
export type PaymentToken = Deployment["paymentTokens"][number];

/**
 * Checks a deployment record and normalises its addresses.
 * @throws MillraceError `deployment-invalid` naming the first field that is wrong
 */
export function parseDeployment(value: unknown): Deployment {
  if (!Value.Check(deploymentSchema, value)) {
    const [first] = Value.Errors(deploymentSchema, value);
    throw new MillraceError({
      code: "deployment-invalid",
      shortMessage: "This is not a deployment record.",
      details: first === undefined ? undefined : `${first.instancePath || "/"} ${first.message}.`,
      nextStep: "Use the record that the deployment wrote, deployments/<network>.json.",
    });
  }
  const { contracts } = value;
  return {
    ...value,
    contracts: {
      mill: getAddress(contracts.mill),
      parameters: getAddress(contracts.parameters),
      registry: getAddress(contracts.registry),
      staking: getAddress(contracts.staking),
      deals: getAddress(contracts.deals),
      modules: getAddress(contracts.modules),
      timelock: getAddress(contracts.timelock),
      governor: getAddress(contracts.governor),
      votingPower: getAddress(contracts.votingPower),
    },
    paymentTokens: value.paymentTokens.map((token) => ({ ...token, address: getAddress(token.address) })),
  };
}

/** The deployment's payment token at an address; undefined if it lists none. */
export function findPaymentToken(deployment: Deployment, address: Address): PaymentToken | undefined {
  return deployment.paymentTokens.find((token) => isAddressEqual(token.address, address));
}

/** The epoch that contains a time, in unix seconds; 0 before genesis. */
export function epochAt(deployment: Deployment, unixSeconds: bigint | number): number {
  const elapsed = Number(unixSeconds) - deployment.genesis;
  return Math.max(0, Math.floor(elapsed / deployment.epochDuration));
}

/** Unix seconds at which an epoch starts. */
export function epochStart(deployment: Deployment, epoch: number): number {
  return deployment.genesis + epoch * deployment.epochDuration;
}
