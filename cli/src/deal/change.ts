import { setTimeout as delay } from "node:timers/promises";
import { epochAt, epochStart, readDealCreation, setModule, waitForModule, type Chain } from "@millrace/sdk";
import { isAddressEqual, zeroHash, type Hex } from "viem";
import { reading } from "../chain/reading.ts";
import type { CommandResult } from "../command.ts";
import type { Context } from "../context.ts";
import { failure } from "../errors.ts";
import { formatTime } from "../format.ts";
import { having } from "../function/steps.ts";
import { formatFields } from "../output.ts";
import type { Step } from "../progress.ts";
import { describeCommitment, readVersions } from "./versions.ts";

/** What the steps of a change of module leave for those after them. */
export interface Changed {
  cid?: string;
  /** What the calls of the module are proved against; none if missing. */
  functionCommitment?: Hex;
  version?: number;
  fromEpoch?: number;
  transactionHash?: string;
  /** Nodes that have it ready. */
  ready?: readonly number[];
}

/**
 * Checks before anything is built or stored that the wallet may change the deal's module.
 * @throws MillraceError `modules-unauthorized`
 */
export async function requireOwner(chain: Chain, deal: bigint): Promise<void> {
  const { owner } = await readDealCreation(chain, deal);
  if (chain.account === undefined || isAddressEqual(owner, chain.account.address)) return;
  throw failure(
    "modules-unauthorized",
    `The function of deal ${deal} is changed by its owner ${owner}, not by ${chain.account.address}.`,
    { nextStep: "Choose the owner's wallet with --wallet; see millrace wallet list." },
  );
}

/** Sets the module; from here on a Ctrl-C says what was set. */
export function setStep(
  context: Context,
  chain: Chain,
  { deal, timeoutSeconds, done }: { deal: bigint; timeoutSeconds: number; done: Changed },
): Step {
  return {
    title: "Set it as the deal's next version",
    run: async (report) => {
      const cid = having(done.cid);
      const { present, next, all } = await readVersions(chain, deal);
      // Providers agreed to terms without one: then no version can have one.
      const isCommitted = all[0]?.functionCommitment !== zeroHash;
      const functionCommitment = isCommitted ? (done.functionCommitment ?? zeroHash) : zeroHash;
      done.functionCommitment = functionCommitment;
      const newest = next ?? present;
      if (newest.cid === cid && newest.functionCommitment === functionCommitment)
        throw failure("module-unchanged", `Deal ${deal} has this module already: ${cid}.`, {
          nextStep: `Change the function first, or see its versions: millrace deal show ${deal}`,
        });
      if (next !== undefined) await waitForEpoch(chain, { epoch: next.fromEpoch, timeoutSeconds, report });
      context.interruption.next = `Whether the new version was set shows: millrace deal show ${deal}`;
      const { version, fromEpoch, receipt } = await setModule(chain, {
        deal,
        cid,
        functionCommitment,
      });
      Object.assign(done, { version, fromEpoch, transactionHash: receipt.transactionHash });
      context.interruption.next =
        `Version ${version} counts from epoch ${fromEpoch} on: millrace deal show ${deal}\n` +
        `Or go back: millrace function rollback ${deal}`;
      return `Set version ${version}, from epoch ${fromEpoch} on`;
    },
  };
}

/**
 * A deal takes one change an epoch: waits for the next one if it comes in time; if not, the contract says so.
 * @throws MillraceError `chain-halted` if its time comes and no block of it does
 */
export async function waitForEpoch(
  chain: Chain,
  wait: { epoch: number; timeoutSeconds: number; report: (text: string) => void },
): Promise<void> {
  const startsMs = epochStart(chain.deployment, wait.epoch) * 1000;
  const deadlineMs = Date.now() + wait.timeoutSeconds * 1000;
  if (startsMs > deadlineMs) return;
  for (;;) {
    const { timestamp } = await reading(chain, () => chain.publicClient.getBlock());
    if (epochAt(chain.deployment, timestamp) >= wait.epoch) return;
    if (Date.now() >= deadlineMs) throw halted(timestamp, wait);
    wait.report(
      `A deal takes one change an epoch: the next can be made from ${formatTime(startsMs / 1000)} on`,
    );
    await delay(500);
  }
}

function halted(timestamp: bigint, { epoch, timeoutSeconds }: { epoch: number; timeoutSeconds: number }) {
  return failure(
    "chain-halted",
    `No block of epoch ${epoch} came within ${timeoutSeconds} s; nothing was set.`,
    {
      details: `The chain's newest block is from ${formatTime(Number(timestamp))}.`,
      nextStep: "See whether the chain makes blocks, then run the command again: millrace dev status",
    },
  );
}

/** Waits until each worker has the new version ready. */
export function readyStep(chain: Chain, deal: bigint, timeoutSeconds: number, done: Changed): Step {
  return {
    title: "Wait until each worker has it ready",
    run: async (report) => {
      const version = having(done.version);
      const workers = await waitForModule(chain, { deal, version, report, timeoutMs: timeoutSeconds * 1000 });
      done.ready = workers.map(({ node }) => node);
      return workers.length === 0
        ? "The deal has no worker now; those that come run it"
        : `Ready on ${workers.map(({ node }) => `node ${node}`).join(", ")}`;
    },
  };
}

/** What a change has come to. */
export function describeChange(context: Context, chain: Chain, deal: bigint, done: Changed): CommandResult {
  const { cid, functionCommitment, version, fromEpoch, ready, transactionHash } = done;
  const starts = epochStart(chain.deployment, having(fromEpoch));
  return {
    data: {
      ...{ deal, version, cid, functionCommitment, fromEpoch },
      ...{ countsFrom: starts, ready: ready ?? [], transactionHash },
    },
    text: formatFields(
      [
        ["deal", String(deal)],
        ["version", String(version)],
        ["function", cid],
        ["commitment", describeCommitment(functionCommitment)],
        ["counts from", `epoch ${fromEpoch}, ${formatTime(starts)}; until then the version before answers`],
        ["ready on", ready === undefined ? undefined : ready.map((node) => `node ${node}`).join(", ")],
        ["next", `millrace deal call ${deal} --body "…"`],
        ["go back", `millrace function rollback ${deal}`],
      ],
      context.paint,
    ),
  };
}
