import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Logger } from "pino";
import { createDealLog, type DealLog } from "./dealLog.ts";

const segmentBytes = 1024 * 1024;
const maxBytes = 10 * 1024 * 1024;
/** How long the log of a deal that this node no longer has is kept. */
const keptMs = 7 * 24 * 3_600_000;

/** The logs of this node's deals. */
export interface DealLogs {
  /** The log of a deal, the same one for all who ask. */
  of(deal: bigint): DealLog;
  /** Deletes logs that nothing was written to for a week, but for those of these deals. */
  tidy(wanted: ReadonlySet<bigint>): Promise<void>;
}

/** Makes the logs. @param redact takes out of a deal's line what must not be kept */
export function createDealLogs({
  folder,
  redact,
  log,
}: {
  folder: string;
  redact: (deal: bigint, text: string) => string;
  log: Logger;
}): DealLogs {
  const logs = new Map<bigint, DealLog>();

  function open(deal: bigint): DealLog {
    const path = join(folder, `deal-${deal.toString()}`);
    const made = createDealLog({
      ...{ folder: path, segmentBytes, maxBytes },
      redact: (text) => redact(deal, text),
      onError: (err) => log.error({ err, path }, "writing a log failed"),
    });
    logs.set(deal, made);
    return made;
  }

  return {
    of: (deal) => logs.get(deal) ?? open(deal),
    tidy: async (wanted) => {
      for (const name of await readdir(folder).catch(() => [])) {
        const id = /^deal-([1-9]\d{0,19})$/.exec(name)?.[1];
        if (id === undefined || wanted.has(BigInt(id))) continue;
        if (Date.now() - (await lastWrittenMs(join(folder, name))) < keptMs) continue;
        logs.delete(BigInt(id));
        await rm(join(folder, name), { recursive: true, force: true });
      }
    },
  };
}

/** A folder's own time tells when a file was begun in it, not when one was written to. */
async function lastWrittenMs(folder: string): Promise<number> {
  const paths = [folder, ...(await readdir(folder)).map((name) => join(folder, name))];
  const times = await Promise.all(
    paths.map((path) =>
      stat(path).then(
        ({ mtimeMs }) => mtimeMs,
        () => 0, // removed meanwhile
      ),
    ),
  );
  return Math.max(...times);
}
