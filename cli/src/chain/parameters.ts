import { parametersAbi, read, type Chain } from "@millrace/sdk";

/** The protocol's parameters in force now. */
export function readParameters(chain: Chain) {
  const address = chain.deployment.contracts.parameters;
  return read(chain, { address, abi: parametersAbi, functionName: "values", args: [] });
}
