import { mkdir } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { once } from "node:events";
import {
  type Chain,
  connect,
  type Deployment,
  decodeRevert,
  deriveEncryptionKey,
  epochAt,
  signEncryptionKey,
} from "@millrace/sdk";
import { privateKeyToAccount } from "viem/accounts";
import type { NodeConfig } from "../config/schema.ts";
import { readCertificate } from "../http/tls.ts";
import type { Operator, OperatorKeys } from "../operator/operatorKeys.ts";
import { checkReachable, type Identity } from "./endpoint.ts";
import { type Finding, fine } from "./finding.ts";
import { runChecks } from "./runChecks.ts";

export interface CheckNodeParameters {
  config: NodeConfig;
  configFile: string;
  deployment: Deployment;
  keys: OperatorKeys;
}

/**
 * Checks a node without starting it: everything that would keep it from earning. Sends nothing to the chain. Where the
 * node does not run, something answers in its place for as long as its public URL is tried.
 */
export async function checkNode(parameters: CheckNodeParameters): Promise<Finding[]> {
  const { config, configFile, deployment, keys } = parameters;
  const { nodeId, rpcUrl, publicUrl, dataFolder, blobSources: backends, attendanceRelay: relayUrl } = config;
  await mkdir(dataFolder, { recursive: true });
  let chain: Chain;
  try {
    chain = await connect({ rpcUrl, deployment });
    const { timestamp } = await chain.publicClient.getBlock();
    await keys.begin(chain, epochAt(deployment, timestamp));
  } catch (error) {
    const { code, shortMessage, nextStep } = decodeRevert(error, { deployment });
    return [{ check: code, level: "error", text: shortMessage, nextStep }];
  }
  const operator = keys.present();
  const identity = { nodeId, operator: operator.address };
  const registered = fine("operator", `The key ${identity.operator} speaks for node ${nodeId}.`);
  const standIn = await answerInstead(config, identity, () => describeNode(deployment, nodeId, operator));
  try {
    const checks = { chain, identity, publicUrl, dataFolder, backends, configFile, relayUrl };
    return [registered, ...(await runChecks(checks))];
  } finally {
    standIn?.closeAllConnections();
    standIn?.close();
  }
}

/** What the node's status says of who it is, with the operator's signature. */
async function describeNode(deployment: Deployment, node: number, operator: Operator): Promise<string> {
  const account = privateKeyToAccount(operator.privateKey);
  const { publicKey } = await deriveEncryptionKey(operator.privateKey);
  const encryption = await signEncryptionKey({ deployment, account, node, publicKey });
  return JSON.stringify({ nodeId: node, operator: operator.address, encryption });
}

/** Listens where the node would and says who it is; undefined if the node runs, or something else is there. */
async function answerInstead(
  config: NodeConfig,
  identity: Identity,
  describe: () => Promise<string>,
): Promise<Server | undefined> {
  const { publicUrl, listen, tls } = config;
  if ((await checkReachable(publicUrl, identity)).level === "ok") return undefined;
  const answer = await describe();
  const server =
    tls === undefined
      ? createServer((_request, response) => response.end(answer))
      : createTlsServer(await readCertificate(tls), (_request, response) => response.end(answer));
  server.listen(listen.port, listen.host);
  return once(server, "listening").then(
    () => server,
    () => undefined,
  );
}
