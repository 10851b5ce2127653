import { type Chain, decodeRevert, epochAt, MillraceError, registryAbi } from "@millrace/sdk";

/** What the registry says of this node. */
export interface NodeIdentity {
  provider: number;
}

/**
 * Checks that a key may speak for a node, so that a wrong key is told at the start and not as missed epochs.
 *
 * @throws MillraceError `operator-unknown`, `operator-of-other-node`, `operator-replaced`, `node-retired`, or whatever
 * keeps the chain from being read
 */
export async function checkOperator(
  chain: Chain,
  nodeId: number,
  operator: `0x${string}`,
): Promise<NodeIdentity> {
  const { deployment, publicClient } = chain;
  const registry = { address: deployment.contracts.registry, abi: registryAbi } as const;
  try {
    const [key, node, head] = await Promise.all([
      publicClient.readContract({ ...registry, functionName: "getOperatorKey", args: [operator] }),
      publicClient.readContract({ ...registry, functionName: "getNode", args: [nodeId] }),
      publicClient.getBlock(),
    ]);
    const problem = describeProblem({
      key,
      retired: node.retired,
      nodeId,
      operator,
      epoch: epochAt(deployment, head.timestamp),
    });
    if (problem !== undefined) throw problem;
    return { provider: node.provider };
  } catch (error) {
    throw decodeRevert(error, { deployment });
  }
}

interface Facts {
  key: { node: number; untilEpoch: number };
  retired: boolean;
  nodeId: number;
  operator: string;
  epoch: number;
}

function describeProblem({ key, retired, nodeId, operator, epoch }: Facts): MillraceError | undefined {
  if (key.node === 0) {
    return new MillraceError({
      code: "operator-unknown",
      shortMessage: `The registry knows no node with the operator key ${operator}.`,
      nextStep: `Add the node with this key (millrace node add), or use the keystore of node ${nodeId}.`,
    });
  }
  if (key.node !== nodeId) {
    return new MillraceError({
      code: "operator-of-other-node",
      shortMessage: `The operator key ${operator} belongs to node ${key.node}, but node.json says nodeId ${nodeId}.`,
      nextStep: `Set nodeId to ${key.node}, or use the keystore of node ${nodeId}.`,
    });
  }
  if (key.untilEpoch <= epoch) {
    return new MillraceError({
      code: "operator-replaced",
      shortMessage: `The operator key ${operator} of node ${nodeId} was replaced; it is out of force since epoch ${key.untilEpoch}.`,
      nextStep: "Use the keystore of the key that replaced it.",
    });
  }
  if (!retired) return undefined;
  return new MillraceError({
    code: "node-retired",
    shortMessage: `Node ${nodeId} is retired for good.`,
    nextStep: "Add a new node with a new operator key: millrace node init, then millrace node add",
  });
}
