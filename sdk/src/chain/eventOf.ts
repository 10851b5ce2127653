import {
  parseEventLogs,
  type Abi,
  type ContractEventArgsFromTopics,
  type ContractEventName,
  type TransactionReceipt,
} from "viem";

export interface EventOfParameters<abi extends Abi, name extends ContractEventName<abi>> {
  abi: abi;
  eventName: name;
}

/**
 * The arguments of the event that a successful transaction must have emitted.
 * @throws Error if the contract didn't emit it: the deployment isn't what this SDK was made for
 */
export function eventOf<const abi extends Abi, name extends ContractEventName<abi>>(
  receipt: TransactionReceipt,
  { abi, eventName }: EventOfParameters<abi, name>,
): ContractEventArgsFromTopics<abi, name> {
  const [found] = parseEventLogs<Abi>({ abi, eventName, logs: receipt.logs });
  if (found === undefined) throw new Error(`Transaction ${receipt.transactionHash} emitted no ${eventName}.`);
  return found.args as ContractEventArgsFromTopics<abi, name>;
}
