import {
  type Chain,
  dealsAbi,
  encryptionKeySigner,
  encryptionSchema,
  epochAt,
  readWorkers,
  registryAbi,
  type SecretItem,
} from "@millrace/sdk";
import { type Static, Type } from "typebox";
import type { Keyring } from "./keyring.ts";

const timeoutMs = 5_000;
const mostAnswerBytes = 4 * 1024 * 1024;

/** What a new worker sends to the others: who it is, and the key to seal to. */
export const handoverSchema = Type.Object(
  { node: Type.Integer({ minimum: 1, maximum: 4294967295 }), encryption: encryptionSchema },
  { additionalProperties: false },
);
type Handover = Static<typeof handoverSchema>;

/** What another worker of the deal answered. */
export type PeerAnswer = { node: number; isPresent: boolean } & (
  | { kind: "items"; items: SecretItem[] }
  /** it has none */
  | { kind: "none" }
  /** it says that there are secrets, and does not hand them over (yet) */
  | { kind: "withheld"; reason: string }
  | { kind: "silent"; reason: string }
);

export interface AskPeersParameters {
  chain: Chain;
  deal: bigint;
  nodeId: number;
  keyring: Keyring;
}

/**
 * Asks all other workers of a deal for its secrets, also those that left lately: the last one may be gone just now.
 * The items are as they were sent; their signatures are to be checked.
 *
 * @throws MillraceError if the chain does not name the workers
 */
export async function askPeers(parameters: AskPeersParameters): Promise<PeerAnswer[]> {
  const { chain, deal, nodeId } = parameters;
  const workers = await readWorkers(chain, deal, { withEnded: true });
  const { timestamp } = await chain.publicClient.getBlock();
  const epoch = epochAt(chain.deployment, timestamp);
  return Promise.all(
    workers
      .filter(({ node, endpoint }) => node !== nodeId && /^https?:/.test(endpoint))
      .map(async ({ node, endpoint, lastEpoch }) => {
        const isPresent = lastEpoch === undefined || lastEpoch >= epoch;
        try {
          return { node, isPresent, ...(await ask(parameters, endpoint)) };
        } catch (error) {
          return { node, isPresent, kind: "silent" as const, reason: describe(error) };
        }
      }),
  );
}

type Answer = Pick<Extract<PeerAnswer, { kind: "items" }>, "kind" | "items"> | { kind: "none" } | Withheld;
type Withheld = Pick<Extract<PeerAnswer, { kind: "withheld" }>, "kind" | "reason">;

async function ask({ deal, nodeId, keyring }: AskPeersParameters, endpoint: string): Promise<Answer> {
  const url = `${endpoint.replace(/\/+$/, "")}/v1/deals/${deal.toString()}/secrets/handover`;
  const body: Handover = { node: nodeId, encryption: keyring.encryption() };
  const response = await fetch(url, {
    method: "POST",
    redirect: "error",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(timeoutMs),
  });
  const bytes = await readAtMost(response, mostAnswerBytes);
  if (response.status === 204) return { kind: "none" };
  if (response.status === 403) return { kind: "withheld", reason: "it does not take this node for a worker" };
  if (response.status !== 200) throw new Error(`it answered ${response.status}`);
  return { kind: "items", items: await keyring.open(deal, bytes) };
}

async function readAtMost({ body }: Response, mostBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of (body ?? []) as AsyncIterable<Uint8Array>) {
    sizeBytes += chunk.length;
    if (sizeBytes > mostBytes) throw new Error("its answer is too long");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** True if a node is a worker of a deal now and its operator in force signed the key that it shows. */
export async function isWorkerNow(
  chain: Chain,
  { deal, handover: { node, encryption } }: { deal: bigint; handover: Handover },
): Promise<boolean> {
  const { deployment, publicClient } = chain;
  const signer = await encryptionKeySigner({ deployment, node, encryption });
  if (signer === undefined) return false;
  const { registry, deals } = deployment.contracts;
  const [key, worker, { timestamp }] = await Promise.all([
    publicClient.readContract({
      ...{ address: registry, abi: registryAbi, functionName: "getOperatorKey", args: [signer] },
    }),
    publicClient.readContract({
      ...{ address: deals, abi: dealsAbi, functionName: "getWorker", args: [deal, node] },
    }),
    publicClient.getBlock(),
  ]);
  const epoch = epochAt(deployment, timestamp);
  const speaks = key.node === node && key.fromEpoch <= epoch && epoch < key.untilEpoch;
  return speaks && worker.firstEpoch !== 0 && (worker.lastEpoch === 0 || epoch <= worker.lastEpoch);
}

/** fetch hides the reason in its cause. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === "TimeoutError") return `no answer within ${timeoutMs / 1000} s`;
  return error.cause instanceof Error && error.cause.message !== "" ? error.cause.message : error.message;
}
