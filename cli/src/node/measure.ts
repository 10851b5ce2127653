import { createHash } from "node:crypto";
import { statfs } from "node:fs/promises";

const measureMs = 300;
const block = new Uint8Array(64 * 1024);
const mib = 1024 * 1024;
const gib = 1024 * mib;

/** What a short look at this machine found, beside what the registry takes. */
export interface Measure {
  /** Free space where the node lives. */
  readonly freeDiskGiB: number;
  /** SHA-256 of one core: a figure to compare machines by, not one to bill by. */
  readonly hashMiBPerSecond: number;
}

/** Measures free disk space at a folder that exists, and computing for a moment on one core. */
export async function measureMachine(folder: string): Promise<Measure> {
  const { bavail, bsize } = await statfs(folder);
  return { freeDiskGiB: Math.floor((bavail * bsize) / gib), hashMiBPerSecond: measureHashing() };
}

/** "41 GiB of disk free, 1,830 MiB/s of SHA-256 on one core". */
export function describeMeasure({ freeDiskGiB, hashMiBPerSecond }: Measure): string {
  return `${freeDiskGiB} GiB of disk free, ${hashMiBPerSecond.toLocaleString("en")} MiB/s of SHA-256 on one core`;
}

function measureHashing(): number {
  const hash = createHash("sha256");
  const from = performance.now();
  let bytes = 0;
  let elapsedMs = 0;
  while (elapsedMs < measureMs) {
    hash.update(block);
    bytes += block.length;
    elapsedMs = performance.now() - from;
  }
  return Math.round(bytes / mib / (elapsedMs / 1000));
}
