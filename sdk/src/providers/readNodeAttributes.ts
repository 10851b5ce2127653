import { numberToHex, parseEventLogs, toEventSelector, getAbiItem, type Address } from "viem";
import { attributeName, type Attributes } from "../attributes.ts";
import type { Chain } from "../chain/chain.ts";
import { read } from "../chain/read.ts";
import { readLogs } from "../chain/readLogs.ts";
import { decodeRevert } from "../errors/decodeRevert.ts";
import { registryAbi } from "../generated/registryAbi.ts";

/** What somebody says of an attribute of a node. */
export interface Attestation {
  /** by name; in hexadecimal if it has none */
  readonly attribute: string;
  readonly attester: Address;
  readonly value: bigint;
  /** unix seconds from which it holds no more */
  readonly expiresAt: bigint;
  /** false once it has expired or the node's owner changed the node */
  readonly holds: boolean;
}

/** What a node is, by its owner's word and by that of others. */
export interface NodeAttributes {
  readonly provider: number;
  readonly units: number;
  readonly retired: boolean;
  /** counts the changes of units and attributes; an attestation names it */
  readonly revision: number;
  /** the packed ones, as its owner declares them */
  readonly packed: Attributes;
  /** those beyond, by name */
  readonly further: ReadonlyMap<string, bigint>;
  /** not revoked, in the order of the chain */
  readonly attestations: readonly Attestation[];
}

const eventNames = ["AttributesSet", "Attested", "AttestationRevoked"] as const;

/**
 * What a node's owner declares of it and what others attest, from the chain alone.
 * @throws MillraceError `rpc-unreachable`
 */
export async function readNodeAttributes(chain: Chain, node: number): Promise<NodeAttributes> {
  const address = chain.deployment.contracts.registry;
  const [found, { number: toBlock, timestamp }] = await Promise.all([
    read(chain, { address, abi: registryAbi, functionName: "getNode", args: [node] }),
    chain.publicClient.getBlock().catch((error: unknown) => {
      throw decodeRevert(error, { deployment: chain.deployment });
    }),
  ]);
  const selectors = eventNames.map((name) => toEventSelector(getAbiItem({ abi: registryAbi, name })));
  const logs = await readLogs(chain, {
    address,
    topics: [selectors, numberToHex(node, { size: 32 })],
    fromBlock: BigInt(chain.deployment.deploymentBlock),
    toBlock,
  });
  const further = new Map<string, bigint>();
  const attestations = new Map<string, Attestation>();
  for (const { eventName, args } of parseEventLogs({ abi: registryAbi, eventName: [...eventNames], logs })) {
    if (eventName === "AttributesSet") {
      for (const [index, id] of args.attributes.entries()) {
        const value = args.values[index] ?? 0n;
        if (value === 0n) further.delete(attributeName(id));
        else further.set(attributeName(id), value);
      }
      continue;
    }
    const { attester } = args;
    const attribute = attributeName(args.attribute);
    const key = `${attribute} ${attester}`;
    attestations.delete(key);
    if (eventName === "AttestationRevoked") continue;
    const { value, expiresAt, revision } = args;
    const holds = timestamp < expiresAt && revision === found.revision;
    attestations.set(key, { attribute, attester, value, expiresAt, holds });
  }
  const { provider, units, retired, revision, attributes: packed } = found;
  return { provider, units, retired, revision, packed, further, attestations: [...attestations.values()] };
}
