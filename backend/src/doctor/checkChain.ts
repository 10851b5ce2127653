import { connect, type Chain, type Deployment } from "@millrace/sdk";
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Hex } from "viem";
import type { Config } from "../config/config.ts";
import { findings, type Finding } from "./finding.ts";

const maxDriftMs = 5_000;
/** Without a block for this long a chain stands still. */
const stalledMs = 120_000;

interface ChainReport {
  readonly chain: Chain | undefined;
  readonly headBlock: number | undefined;
  readonly found: readonly Finding[];
}

/** The chain: reachable, the deployment's, with the contracts; and this machine's clock against its blocks. */
export async function checkChain(
  { rpcUrl, finality }: Config,
  deployment: Deployment,
  privateKey: Hex | undefined,
): Promise<ChainReport> {
  const { ok, warn, broken } = findings("chain");
  const clock = findings("clock");
  const startedAt = performance.now();
  let chain: Chain;
  try {
    chain = await connect({ rpcUrl, deployment, privateKey, timeoutMs: 5_000 });
  } catch (error) {
    const found = [broken(error, "Check RPC_URL and that the chain runs.")];
    return { chain: undefined, headBlock: undefined, found };
  }
  const tookMs = Math.round(performance.now() - startedAt);
  const { number, timestamp } = await chain.publicClient.getBlock();
  const found = [
    ok(
      `${rpcUrl} is chain ${deployment.chainId} with the contracts of "${deployment.network}", at block ${number}; ${tookMs} ms for three requests.`,
    ),
  ];
  if (finality === "tag" && !(await hasFinalizedTag(chain)))
    found.push(warn(`${rpcUrl} knows no finalized block.`, "Set FINALITY_DEPTH to a number of blocks."));
  const aheadMs = Number(timestamp) * 1_000 - Date.now();
  if (aheadMs > maxDriftMs)
    found.push(
      clock.warn(
        `The newest block is ${Math.round(aheadMs / 1_000)} s ahead of this machine's clock.`,
        "Set the clock, for example with: timedatectl set-ntp true",
      ),
    );
  else if (-aheadMs > stalledMs)
    found.push(
      clock.warn(
        `The newest block is ${Math.round(-aheadMs / 1_000)} s old: the chain stands still, its RPC end lags, or this machine's clock is ahead.`,
        "Compare with another RPC_URL and with: timedatectl",
      ),
    );
  else found.push(clock.ok(`The newest block is ${Math.max(0, Math.round(-aheadMs / 1_000))} s old.`));
  return { chain, headBlock: Number(number), found };
}

/** This machine's clock against the database's and against what the system says of it. */
export async function checkClock(databaseNowMs: number | undefined): Promise<Finding[]> {
  const { ok, warn } = findings("clock");
  const found: Finding[] = [];
  if (databaseNowMs !== undefined) {
    const driftMs = Math.abs(Date.now() - databaseNowMs);
    if (driftMs > maxDriftMs)
      found.push(
        warn(
          `The database's clock is ${Math.round(driftMs / 1_000)} s away from this machine's.`,
          "Set both by NTP, for example with: timedatectl set-ntp true",
        ),
      );
    else found.push(ok("The database's clock agrees with this machine's."));
  }
  const synchronized = await isSynchronized();
  if (synchronized === false)
    found.push(warn("The system's clock isn't synchronized.", "Run: timedatectl set-ntp true"));
  if (synchronized === true) found.push(ok("The system's clock is synchronized."));
  return found;
}

/** What systemd says; undefined where it isn't there. */
async function isSynchronized(): Promise<boolean | undefined> {
  const command = ["show", "--property=NTPSynchronized", "--value"];
  const answer = await promisify(execFile)("timedatectl", command, { timeout: 2_000 }).catch(() => undefined);
  const word = answer?.stdout.trim();
  return word === "yes" ? true : word === "no" ? false : undefined;
}

async function hasFinalizedTag({ publicClient }: Chain): Promise<boolean> {
  return publicClient.getBlock({ blockTag: "finalized" }).then(
    () => true,
    () => false,
  );
}
