import type {
  Abi,
  Address,
  ContractFunctionArgs,
  ContractFunctionName,
  ContractFunctionReturnType,
  ReadContractParameters,
} from "viem";
import { decodeRevert } from "../errors/decodeRevert.ts";
import type { Chain } from "./chain.ts";

type View = "view" | "pure";

export interface ReadParameters<
  abi extends Abi,
  name extends ContractFunctionName<abi, View>,
  args extends ContractFunctionArgs<abi, View, name>,
> {
  address: Address;
  abi: abi;
  functionName: name;
  args: args;
}

/**
 * Calls a view function in the newest block.
 * @throws MillraceError the decoded revert or `rpc-unreachable`
 */
export async function read<
  const abi extends Abi,
  name extends ContractFunctionName<abi, View>,
  const args extends ContractFunctionArgs<abi, View, name>,
>(
  chain: Chain,
  parameters: ReadParameters<abi, name, args>,
): Promise<ContractFunctionReturnType<abi, View, name, args>> {
  try {
    // viem's parameter types can't be built from type parameters; those of `read` are the same constraints.
    const value: unknown = await chain.publicClient.readContract(
      parameters as unknown as ReadContractParameters,
    );
    return value as ContractFunctionReturnType<abi, View, name, args>;
  } catch (error) {
    throw decodeRevert(error, { deployment: chain.deployment });
  }
}
