import {
  encryptionKeySigner,
  encryptionSchema,
  epochAt,
  registryAbi,
  type Chain,
  type ProbeItem,
} from "@millrace/sdk";
import { Type } from "typebox";
import Value from "typebox/value";
import { Pool } from "undici";
import { getAddress, type Address } from "viem";
import { hasPrivateAddress, lookupPublic, noPublicAddress, parseEndpoint } from "../publicAddress.ts";

/** Longest time that an endpoint has for its whole answer. */
const patienceMs = 5_000;
const maxAnswerBytes = 4 * 2 ** 20;

/** What a node says of itself, as far as the proof needs it. */
const answerSchema = Type.Object({
  nodeId: Type.Integer({ minimum: 1, maximum: 4294967295 }),
  encryption: encryptionSchema,
});

export interface ProbeParameters {
  readonly endpoint: string;
  /** may addresses of this machine and its network be called? */
  readonly allowPrivate: boolean;
  readonly deployment: Chain["deployment"];
  /** which node an operator key speaks for now; undefined: for none */
  readonly nodeOf: (operator: Address) => Promise<number | undefined>;
}

/**
 * Connects to an endpoint that a stranger names and says if a node of this network answers there, and which. Its answer
 * counts only if an operator key signed it that the registry has in force for the node; nothing else of it is passed on.
 */
export async function probeNode(parameters: ProbeParameters): Promise<ProbeItem> {
  const { endpoint, allowPrivate, deployment, nodeOf } = parameters;
  const url = parseEndpoint(endpoint);
  if (url === undefined)
    return no("endpoint-invalid", `${endpoint} is no plain http(s) URL without query and password.`);
  const isPrivate = `${endpoint} leads to a private address, which nobody reaches from outside.`;
  if (!allowPrivate && hasPrivateAddress(url)) return no("endpoint-private", isPrivate);
  let answer: unknown;
  try {
    answer = await askStatus(url, allowPrivate);
  } catch (error) {
    const reason = reasonOf(error);
    if (reason === undefined) return no("endpoint-private", isPrivate);
    return no("node-unreachable", `${endpoint} cannot be reached from here: ${reason}.`);
  }
  const stranger = no("not-a-node", `What answers at ${endpoint} is no node of this network.`);
  if (!Value.Check(answerSchema, answer)) return stranger;
  const { nodeId: node, encryption } = answer;
  const operator = await encryptionKeySigner({ deployment, node, encryption });
  if (operator === undefined || (await nodeOf(operator)) !== node) return stranger;
  const sentence = `Node ${node} answers at ${endpoint}.`;
  return { code: "node", sentence, node, operator: getAddress(operator) };
}

function no(code: ProbeItem["code"], sentence: string): ProbeItem {
  return { code, sentence, node: null, operator: null };
}

/** The node that a key speaks for in the present epoch, by the registry. */
export async function nodeOfOperator(
  { publicClient, deployment }: Chain,
  operator: Address,
): Promise<number | undefined> {
  const [{ node, fromEpoch, untilEpoch }, { timestamp }] = await Promise.all([
    publicClient.readContract({
      address: deployment.contracts.registry,
      abi: registryAbi,
      functionName: "getOperatorKey",
      args: [operator],
    }),
    publicClient.getBlock({ includeTransactions: false }),
  ]);
  const epoch = epochAt(deployment, timestamp);
  return node !== 0 && fromEpoch <= epoch && epoch < untilEpoch ? node : undefined;
}

/** @returns undefined if what answers is not JSON, or too long; @throws what keeps it from answering */
async function askStatus(url: URL, allowPrivate: boolean): Promise<unknown> {
  const pool = new Pool(url.origin, {
    connections: 1,
    maxHeaderSize: 16_384,
    connect: { timeout: patienceMs, ...(allowPrivate ? {} : { lookup: lookupPublic }) },
  });
  try {
    const { statusCode, body } = await pool.request({
      method: "GET",
      path: `${url.pathname.replace(/\/+$/, "")}/v1/status`,
      signal: AbortSignal.timeout(patienceMs),
    });
    if (statusCode !== 200) return undefined;
    const chunks: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of body as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > maxAnswerBytes) return undefined;
      chunks.push(chunk);
    }
    return parseJson(Buffer.concat(chunks).toString());
  } finally {
    await pool.destroy();
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: "the connection is refused",
  ECONNRESET: "the connection breaks",
  EHOSTUNREACH: "there is no way to its address",
  ENETUNREACH: "there is no way to its address",
  ENOTFOUND: "its name is unknown",
  EAI_AGAIN: "its name is not resolved now",
  UND_ERR_SOCKET: "the connection breaks",
  UND_ERR_CONNECT_TIMEOUT: `no connection within ${patienceMs / 1000} s`,
};

/** Why something does not answer, without what was resolved or received; undefined: its address is private. */
function reasonOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return "it does not answer";
  const { code } = error as NodeJS.ErrnoException;
  if (code === noPublicAddress) return undefined;
  if (error.name === "TimeoutError") return `no answer within ${patienceMs / 1000} s`;
  if (typeof code !== "string") return "it does not answer";
  return (
    reasons[code] ??
    (/CERT|TLS|SSL|SELF_SIGNED/.test(code) ? `TLS fails (${code})` : "it does not speak HTTP")
  );
}
