import { type Chain, decodeRevert } from "@millrace/sdk";
import { checkDisk } from "./disk.ts";
import { compareWithBackend, compareWithChain } from "./clock.ts";
import {
  checkFromOutside,
  checkReachable,
  compareEndpoint,
  type Identity,
  readRegisteredEndpoint,
} from "./endpoint.ts";
import type { Finding } from "./finding.ts";
import { checkGasMoney } from "./gasMoney.ts";

export interface RunChecksParameters {
  chain: Chain;
  identity: Identity;
  publicUrl: string;
  dataFolder: string;
  /** backends: the first that can tells the time, and tries the public URL from where it is */
  backends: readonly string[];
  configFile: string;
  /** base URL of the node that brings this one's attendance and pays for it */
  relayUrl: string | undefined;
}

/** Looks at everything that keeps a registered node from earning; sends nothing. */
export async function runChecks(parameters: RunChecksParameters): Promise<Finding[]> {
  const { chain, identity, publicUrl, dataFolder, backends, configFile, relayUrl } = parameters;
  const now = () => Date.now() / 1000;
  const { publicClient } = chain;
  const checks: [string, () => Promise<Finding | undefined>][] = [
    ["reachable", () => checkReachable(publicUrl, identity)],
    [
      "reachable-outside",
      () => firstOf(backends, (backend) => checkFromOutside(backend, publicUrl, identity)),
    ],
    [
      "endpoint",
      async () =>
        compareEndpoint(await readRegisteredEndpoint(chain, identity.nodeId), publicUrl, configFile),
    ],
    ["clock-chain", async () => compareWithChain(Number((await publicClient.getBlock()).timestamp), now())],
    ["clock-backend", () => firstOf(backends, compareWithBackend)],
    ["gas-money", () => checkGasMoney(chain, { operator: identity.operator, relayUrl })],
    ["disk-space", () => checkDisk(dataFolder)],
  ];
  const findings = await Promise.all(
    checks.map(async ([check, look]) => look().catch((error: unknown) => notLooked(check, error))),
  );
  return findings.filter((finding) => finding !== undefined);
}

function notLooked(check: string, error: unknown): Finding {
  const { shortMessage, nextStep } = decodeRevert(error);
  return { check, level: "error", text: `${check} cannot be checked: ${shortMessage}`, nextStep };
}

async function firstOf<T>(
  items: readonly string[],
  look: (item: string) => Promise<T | undefined>,
): Promise<T | undefined> {
  for (const item of items) {
    const found = await look(item);
    if (found !== undefined) return found;
  }
  return undefined;
}
