import { findProvider, read, readLogs, registryAbi, type Chain } from "@millrace/sdk";
import { encodeEventTopics, parseEventLogs, type Address } from "viem";
import { idTopic, wholeRange } from "../chain/reading.ts";
import { failure } from "../errors.ts";

/**
 * The provider that an address owns.
 * @throws MillraceError `provider-missing`
 */
export async function requireProvider(chain: Chain, owner: Address): Promise<number> {
  const id = await findProvider(chain, owner);
  if (id !== undefined) return id;
  throw failure("provider-missing", `${owner} is not a provider.`, {
    nextStep: "millrace provider register",
  });
}

/** The nodes a provider ever added, by id, from the chain's logs. */
export async function readProviderNodes(chain: Chain, provider: number) {
  const { registry } = chain.deployment.contracts;
  const logs = await readLogs(chain, {
    address: registry,
    topics: [
      ...encodeEventTopics({ abi: registryAbi, eventName: "NodeAdded" }).slice(0, 1),
      null,
      idTopic(provider),
    ],
    ...(await wholeRange(chain)),
  });
  const added = parseEventLogs({ abi: registryAbi, eventName: "NodeAdded", logs });
  return Promise.all(
    added.map(async ({ args: { node } }) => ({
      id: node,
      ...(await read(chain, { address: registry, abi: registryAbi, functionName: "getNode", args: [node] })),
    })),
  );
}
