import {
  encodeFunctionData,
  type Abi,
  type Address,
  type ContractFunctionArgs,
  type ContractFunctionName,
  type ContractFunctionReturnType,
  type SimulateContractParameters,
  type TransactionReceipt,
} from "viem";
import { decodeRevert } from "../errors/decodeRevert.ts";
import type { ExplainContext } from "../errors/explain.ts";
import { MillraceError } from "../errors/MillraceError.ts";
import type { Chain } from "./chain.ts";

type Mutability = "nonpayable" | "payable";

export interface SendParameters<
  abi extends Abi,
  name extends ContractFunctionName<abi, Mutability>,
  args extends ContractFunctionArgs<abi, Mutability, name>,
> {
  address: Address;
  abi: abi;
  functionName: name;
  args: args;
  /** wei; default 0 */
  value?: bigint | undefined;
  /** the most gas it may use; default what an estimate finds and some more */
  gas?: bigint | undefined;
  /** gas beyond the estimate, for what may be found only in the block; default 0 */
  extraGas?: bigint | undefined;
  /** the token that amounts in a revert are in; default the network's payment token if there is just one */
  token?: ExplainContext["token"];
  /** how long to wait for the receipt, in milliseconds; default 120,000 */
  timeoutMs?: number | undefined;
  /** when to replace an unmined transaction by one with more gas money, in milliseconds; default 30,000 */
  bumpAfterMs?: number | undefined;
}

export interface SendReturn<abi extends Abi, name extends ContractFunctionName<abi, Mutability>> {
  receipt: TransactionReceipt;
  /** what the simulation returned; ids that others may take meanwhile come from the receipt's events instead */
  result: ContractFunctionReturnType<abi, Mutability, name>;
}

/**
 * Simulates a call, sends it as a transaction and waits until it is in a block. Transactions of one Chain are sent in
 * turn, so concurrent calls don't take each other's nonce. A call is executed at most once.
 * @throws MillraceError the decoded revert, `gas-money-short`, `rpc-unreachable`, `no-account`, `transaction-pending`,
 * `transaction-replaced` or `transaction-reverted`
 */
export async function send<
  const abi extends Abi,
  name extends ContractFunctionName<abi, Mutability>,
  const args extends ContractFunctionArgs<abi, Mutability, name>,
>(chain: Chain, parameters: SendParameters<abi, name, args>): Promise<SendReturn<abi, name>> {
  const { address, abi, functionName, args, value = 0n, token, extraGas = 0n } = parameters;
  const { timeoutMs = 120_000, bumpAfterMs = 30_000 } = parameters;
  const { gas: mostGas } = parameters;
  const call = { address, abi, functionName, args, value, account: chain.account };
  // viem's parameter types can't be built from type parameters; the types of `send` are the same constraints.
  const simulation = call as unknown as SimulateContractParameters;
  const context = { deployment: chain.deployment, token };
  let result: unknown;
  try {
    const receipt = await chain.outbox.submit(
      async () => {
        ({ result } = await chain.publicClient.simulateContract(simulation));
        const data = encodeFunctionData({ abi, functionName, args } as Parameters<
          typeof encodeFunctionData
        >[0]);
        if (mostGas !== undefined) return { to: address, data, value, gas: mostGas };
        const gas = await chain.publicClient.estimateGas({
          account: chain.account,
          to: address,
          data,
          value,
          // As the simulation: a refusal that only the block being made knows of would surprise whoever reads again.
          blockTag: "latest",
        });
        // Other transactions may settle or take something between the estimate and the block.
        return { to: address, data, value, gas: (gas * 5n) / 4n + 20_000n + extraGas };
      },
      { timeoutMs, bumpAfterMs },
    );
    if (receipt.status === "reverted") {
      await chain.publicClient.simulateContract(simulation);
      throw revertedInBlock(receipt);
    }
    return { receipt, result: result as ContractFunctionReturnType<abi, Mutability, name> };
  } catch (error) {
    throw decodeRevert(error, context);
  }
}

function revertedInBlock(receipt: TransactionReceipt): MillraceError {
  return new MillraceError({
    code: "transaction-reverted",
    shortMessage:
      "The transaction was mined but had no effect: something changed between its check and its block.",
    details: `Hash ${receipt.transactionHash}, block ${receipt.blockNumber.toString()}.`,
    nextStep: "Try again.",
    retryable: true,
  });
}
