import { type Attendance, type Chain, MillraceError, recoverAttendance, registryAbi } from "@millrace/sdk";

/** Another node's word that it is there in an epoch. */
export interface HandedAttendance extends Attendance {
  epoch: number;
}

/** Collects what other nodes of the same provider sign, so that one transaction brings all of them to the chain. */
export interface AttendanceRelay {
  /**
   * Takes a node's word, once it is seen that the chain will take it.
   *
   * @throws MillraceError `attendance-epoch-other`, `attendance-not-ours`, `attendance-not-signed`, and what viem throws
   */
  take(handed: HandedAttendance): Promise<void>;
  /** What was taken for an epoch and not brought yet. */
  waiting(epoch: number): readonly Attendance[];
  /** True once all nodes have come that came in the epoch before, if any did. */
  isComplete(epoch: number): boolean;
  /** These are on the chain, or never will be. */
  settle(epoch: number, nodes: readonly number[]): void;
}

export interface AttendanceRelayParameters {
  chain: Chain;
  /** of this node; it pays for the other nodes of this provider only */
  provider: number;
  /** undefined before a block was seen */
  epoch: () => number | undefined;
}

/** Makes the relay of a node; what it collected is lost with the process, and the nodes then attend by themselves. */
export function createAttendanceRelay({
  chain,
  provider,
  epoch,
}: AttendanceRelayParameters): AttendanceRelay {
  const registry = { address: chain.deployment.contracts.registry, abi: registryAbi } as const;
  const taken = new Map<number, Map<number, Attendance>>();
  const settled = new Map<number, Set<number>>();
  /** A node belongs to its provider for good. */
  const ours = new Map<number, boolean>();

  async function isOurs(node: number): Promise<boolean> {
    const known = ours.get(node);
    if (known !== undefined) return known;
    const found = await chain.publicClient.readContract({
      ...{ ...registry, functionName: "getNode", args: [node] },
    });
    // Numbers that are no node yet may become one: only nodes are remembered.
    if (found.provider !== 0) ours.set(node, found.provider === provider);
    return found.provider === provider;
  }

  async function speaksFor(handed: HandedAttendance): Promise<boolean> {
    const operator = await recoverAttendance(chain.deployment, handed);
    if (operator === undefined) return false;
    return chain.publicClient.readContract({
      ...{ ...registry, functionName: "isOperator", args: [handed.node, operator, handed.epoch] },
    });
  }

  return {
    take: async (handed) => {
      const present = epoch();
      // Another node may see the epoch's first block before this one does.
      if (present === undefined || handed.epoch < present || handed.epoch > present + 1)
        throw otherEpoch(handed.epoch, present);
      if (taken.get(handed.epoch)?.has(handed.node) === true) return;
      if (!(await isOurs(handed.node))) throw notOurs(handed.node, provider);
      if (!(await speaksFor(handed))) throw notSigned(handed.node);
      const { node, epoch: target, r, vs } = handed;
      for (const old of taken.keys()) if (old < present - 1) taken.delete(old);
      for (const old of settled.keys()) if (old < present - 1) settled.delete(old);
      taken.set(target, (taken.get(target) ?? new Map<number, Attendance>()).set(node, { node, r, vs }));
    },
    waiting: (target) => {
      const done = settled.get(target);
      return [...(taken.get(target)?.values() ?? [])].filter(({ node }) => done?.has(node) !== true);
    },
    isComplete: (target) => {
      const before = [...(taken.get(target - 1)?.keys() ?? [])];
      return before.length > 0 && before.every((node) => taken.get(target)?.has(node));
    },
    settle: (target, nodes) => {
      const done = settled.get(target) ?? new Set<number>();
      for (const node of nodes) done.add(node);
      settled.set(target, done);
    },
  };
}

function otherEpoch(epoch: number, present: number | undefined): MillraceError {
  return new MillraceError({
    code: "attendance-epoch-other",
    shortMessage:
      present === undefined
        ? "This node has not seen a block yet."
        : `Epoch ${epoch} was signed, and the present one is ${present}.`,
    nextStep: "Sign the present epoch and send it again.",
    retryable: true,
  });
}

function notOurs(node: number, provider: number): MillraceError {
  return new MillraceError({
    code: "attendance-not-ours",
    shortMessage: `Node ${node} is no node of provider ${provider}, and this node pays for its own provider's only.`,
    nextStep: "Remove attendanceRelay from its node.json, or name a node of its own provider.",
  });
}

function notSigned(node: number): MillraceError {
  return new MillraceError({
    code: "attendance-not-signed",
    shortMessage: `That was not signed by the key that speaks for node ${node} in this epoch.`,
    nextStep: "Sign it with the operator key that is in force.",
  });
}
