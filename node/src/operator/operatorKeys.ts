import { type Chain, connect, decodeRevert, MillraceError, registryAbi } from "@millrace/sdk";
import type { Logger } from "pino";
import type { Address, Hex } from "viem";
import { checkOperator, type NodeIdentity } from "../chain/checkOperator.ts";

/** `untilEpoch` of a key that nothing replaced. */
const open = 2 ** 32 - 1;
/** A key file that is missing is looked for again after this long. */
const reloadEveryMs = 5_000;

/** A key that speaks for the node. */
export interface Operator {
  address: Address;
  privateKey: Hex;
}

/** The node's operator keys: the one in force, and the one that follows it after a rotation. */
export interface OperatorKeys {
  /** the key that speaks for the node now; before the chain is reached the first of the settings */
  present(): Operator;
  /** every key here, also one that is not in force yet or any more */
  all(): Operator[];
  /**
   * Takes up the key that the registry has in force.
   *
   * @throws MillraceError as `checkOperator` if none of the keys here is
   */
  begin(chain: Chain, epoch: number): Promise<NodeIdentity>;
  /** Looks if the key was replaced, and changes over in the epoch from which the next one counts. */
  follow(epoch: number): Promise<void>;
  /** A connection that signs with the key in force in an epoch. */
  signer(epoch: number): Promise<Chain>;
}

export interface OperatorKeysParameters {
  nodeId: number;
  rpcUrl: string;
  /** those of the settings, the newest last */
  keys: readonly [Operator, ...Operator[]];
  /** reads the settings and their keys again: a rotation adds one while the node runs */
  reload: () => Promise<readonly Operator[]>;
  log: Logger;
}

/** Makes the keys of a node. */
export function createOperatorKeys({
  nodeId,
  rpcUrl,
  keys,
  reload,
  log,
}: OperatorKeysParameters): OperatorKeys {
  const known = new Map(keys.map((key) => [key.address, key]));
  let present: Operator = keys[0];
  let chain: Chain | undefined;
  let reloadedAtMs = -Infinity;
  let told: number | undefined;

  async function recordOf(reading: Chain, address: Address) {
    const registry = { address: reading.deployment.contracts.registry, abi: registryAbi } as const;
    const args = [address] as const;
    return reading.publicClient
      .readContract({ ...registry, functionName: "getOperatorKey", args })
      .catch((error: unknown) => {
        throw decodeRevert(error, { deployment: reading.deployment });
      });
  }

  async function findInForce(reading: Chain, epoch: number): Promise<Operator | undefined> {
    for (const key of [...known.values()].toReversed()) {
      const { node, fromEpoch, untilEpoch } = await recordOf(reading, key.address);
      if (node === nodeId && fromEpoch <= epoch && epoch < untilEpoch) return key;
    }
    return undefined;
  }

  async function loadAgain(): Promise<void> {
    if (performance.now() - reloadedAtMs < reloadEveryMs) return;
    reloadedAtMs = performance.now();
    const found = await reload().catch((error: unknown) => {
      log.warn({ reason: decodeRevert(error).message }, "the settings cannot be read again for the next key");
      return [];
    });
    for (const key of found) known.set(key.address, key);
  }

  async function take(key: Operator, reading: Chain): Promise<void> {
    const { deployment, pollingIntervalMs } = reading;
    chain = await connect({ rpcUrl, deployment, privateKey: key.privateKey, pollingIntervalMs });
    present = key;
  }

  function requireChain(): Chain {
    if (chain !== undefined) return chain;
    throw new MillraceError({
      code: "rpc-unreachable",
      shortMessage: "The chain has not been reached yet.",
      retryable: true,
    });
  }

  async function follow(epoch: number): Promise<void> {
    const reading = requireChain();
    const { untilEpoch } = await recordOf(reading, present.address);
    if (untilEpoch === open) return;
    const from = Math.max(epoch, untilEpoch);
    const next =
      (await findInForce(reading, from)) ?? (await loadAgain().then(() => findInForce(reading, from)));
    const fields = { before: present.address, operator: next?.address, fromEpoch: untilEpoch };
    if (next === undefined || epoch < untilEpoch) {
      if (told === untilEpoch && next !== undefined) return;
      if (told !== -untilEpoch && next === undefined) log.error(fields, missing);
      if (next !== undefined) log.info(fields, "the operator key is replaced; the next one is here");
      told = next === undefined ? -untilEpoch : untilEpoch;
      return;
    }
    await take(next, reading);
    log.info(fields, "the new operator key speaks for the node now");
  }

  return {
    present: () => present,
    all: () => [...known.values()],
    begin: async (reading, epoch) => {
      chain = reading;
      const key = (await findInForce(reading, epoch)) ?? present;
      const identity = await checkOperator(reading, nodeId, key.address);
      await take(key, reading);
      return identity;
    },
    follow,
    signer: async (epoch) => {
      await follow(epoch);
      return requireChain();
    },
  };
}

const missing =
  "the operator key is replaced, but the key that follows it is not here; set nextKeystore in node.json to its file";
