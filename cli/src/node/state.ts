import { readLogs, registryAbi, type Chain } from "@millrace/sdk";
import { encodeEventTopics, parseEventLogs, type Address } from "viem";
import { idTopic, wholeRange } from "../chain/reading.ts";
import { failure } from "../errors.ts";

/** A node's newest operator key and the address that its provider claims for it, from the chain's logs. */
export async function readNodeAddress(
  chain: Chain,
  node: number,
): Promise<{ operator: Address; endpoint: string }> {
  const names = ["NodeAdded", "NodeEndpointSet", "OperatorRotated"] as const;
  const logs = await readLogs(chain, {
    address: chain.deployment.contracts.registry,
    topics: [
      names.flatMap((eventName) => encodeEventTopics({ abi: registryAbi, eventName })[0]),
      idTopic(node),
    ],
    ...(await wholeRange(chain)),
  });
  let operator: Address | undefined;
  let endpoint = "";
  for (const { args } of parseEventLogs({ abi: registryAbi, eventName: [...names], logs })) {
    if ("operator" in args) ({ operator } = args);
    if ("endpoint" in args) ({ endpoint } = args);
  }
  if (operator === undefined)
    throw failure("registry-node-unknown", `There is no node ${node}.`, {
      nextStep: "See your nodes: millrace provider status",
    });
  return { operator, endpoint };
}
