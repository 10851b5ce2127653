import { type Chain, createApi, MillraceError, readLogs, registryAbi } from "@millrace/sdk";
import { type Address, encodeEventTopics, isAddressEqual, numberToHex, parseEventLogs } from "viem";
import { type Finding, fine } from "./finding.ts";

const timeoutMs = 5_000;
/** A backend gives the node 5 s. */
const probeTimeoutMs = 8_000;

/** Who a node is. */
export interface Identity {
  nodeId: number;
  operator: Address;
}

/** Asks for the node under its public URL, as a caller would. */
export async function checkReachable(publicUrl: string, { nodeId, operator }: Identity): Promise<Finding> {
  const check = "reachable";
  const url = `${publicUrl.replace(/\/+$/, "")}/v1/status`;
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) });
    const answer = (await response.json()) as Partial<Record<keyof Identity, unknown>>;
    const theirs = String(answer.operator) as Address;
    if (answer.nodeId === nodeId && isAddressEqual(theirs, operator))
      return fine(check, `The node answers at ${publicUrl} (asked from this machine).`);
    return unreachable(`What answers at ${publicUrl} is not node ${nodeId}.`);
  } catch (error) {
    return unreachable(`The node cannot be reached at ${publicUrl}: ${describe(error)}.`);
  }
}

/**
 * Has a backend ask for the node under its public URL: what this machine reaches others may not.
 *
 * @returns undefined if the backend does not tell
 */
export async function checkFromOutside(
  backend: string,
  publicUrl: string,
  { nodeId, operator }: Identity,
): Promise<Finding | undefined> {
  const check = "reachable-outside";
  try {
    const found = await createApi(backend, { timeoutMs: probeTimeoutMs }).probe(publicUrl);
    if (found.code !== "node") return unreachable(`Asked by ${backend}: ${found.sentence}`, check);
    if (found.node === nodeId && found.operator !== null && isAddressEqual(found.operator, operator))
      return fine(check, `The node answers at ${publicUrl} (asked by ${backend}).`);
    return unreachable(`Asked by ${backend}: not node ${nodeId}, but node ${found.node} answers.`, check);
  } catch (error) {
    if (error instanceof MillraceError) return undefined;
    throw error;
  }
}

function unreachable(text: string, check = "reachable"): Finding {
  return {
    check,
    level: "error",
    text,
    nextStep:
      "Let publicUrl in node.json lead to listen.host and listen.port: check the port forwarding, the proxy and the name's DNS entry.",
  };
}

/** fetch hides the reason in its cause. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === "TimeoutError") return `no answer within ${timeoutMs / 1000} s`;
  const { cause } = error;
  return cause instanceof Error && cause.message !== "" ? cause.message : error.message;
}

/** Compares the public URL of the settings with the one that callers find in the registry. */
export function compareEndpoint(registered: string, publicUrl: string, configFile: string): Finding {
  const check = "endpoint";
  const plain = (url: string) => url.replace(/\/+$/, "");
  if (plain(registered) === plain(publicUrl)) return fine(check, `The registry names ${publicUrl}.`);
  return {
    check,
    level: "warning",
    text: `The registry sends callers to ${registered === "" ? "no address" : registered}, but publicUrl in node.json is ${publicUrl}.`,
    nextStep: `Register it: millrace node set-endpoint --config ${configFile}`,
  };
}

/** The endpoint that a node's provider registered last. @throws MillraceError `rpc-unreachable` */
export async function readRegisteredEndpoint(chain: Chain, nodeId: number): Promise<string> {
  const names = ["NodeAdded", "NodeEndpointSet"] as const;
  const logs = await readLogs(chain, {
    address: chain.deployment.contracts.registry,
    topics: [
      names.flatMap((eventName) => encodeEventTopics({ abi: registryAbi, eventName })[0]),
      numberToHex(nodeId, { size: 32 }),
    ],
    fromBlock: BigInt(chain.deployment.deploymentBlock),
    toBlock: await chain.publicClient.getBlockNumber(),
  });
  return parseEventLogs({ abi: registryAbi, eventName: [...names], logs }).at(-1)?.args.endpoint ?? "";
}
