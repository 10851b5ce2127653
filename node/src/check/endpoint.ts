import { type Chain, readLogs, registryAbi } from "@millrace/sdk";
import { type Address, encodeEventTopics, isAddressEqual, numberToHex, parseEventLogs } from "viem";
import { type Finding, fine } from "./finding.ts";

const timeoutMs = 5_000;

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

function unreachable(text: string): Finding {
  return {
    check: "reachable",
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
