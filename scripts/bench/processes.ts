/** What processes use, from Linux's /proc. */
import { readdir, readFile } from "node:fs/promises";

/** Clock ticks per second of /proc/<pid>/stat; 100 on every Linux that Node runs on. */
const ticksPerSecond = 100;

/**
 * A process and all its descendants, the process first.
 * @throws Error where there is no /proc
 */
export async function processTree(root: number): Promise<number[]> {
  const parents = new Map<number, number>();
  for (const name of await readdir("/proc")) {
    const stat = /^\d+$/.test(name) ? await readStat(Number(name)) : undefined;
    if (stat !== undefined) parents.set(Number(name), stat.parent);
  }
  const tree = [root];
  for (const pid of tree) for (const [child, parent] of parents) if (parent === pid) tree.push(child);
  return tree;
}

/** Processor time of a process and its descendants so far, in seconds. */
export async function cpuSeconds(root: number): Promise<number> {
  const stats = await Promise.all((await processTree(root)).map(readStat));
  return stats.reduce((sum, stat) => sum + (stat?.ticks ?? 0), 0) / ticksPerSecond;
}

/** Memory that is there for this process alone, in MiB: what one more like it costs. */
export async function privateMiB(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/smaps_rollup`, "utf8");
  const kibibytes = [...text.matchAll(/^Private_(?:Clean|Dirty):\s+(\d+) kB$/gm)].map(([, size]) =>
    Number(size),
  );
  return kibibytes.reduce((sum, size) => sum + size, 0) / 1024;
}

/** True if this process goes before all normal ones. */
export async function isRealTime(): Promise<boolean> {
  const text = await readFile("/proc/self/stat", "utf8");
  // Field 41 of proc(5): 1 is SCHED_FIFO, 2 is SCHED_RR.
  const policy = text.slice(text.lastIndexOf(")") + 2).split(" ")[38];
  return policy === "1" || policy === "2";
}

async function readStat(pid: number): Promise<{ parent: number; ticks: number } | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => undefined);
  // The name in parentheses may have spaces in it.
  const fields = text?.slice(text.lastIndexOf(")") + 2).split(" ");
  return fields && { parent: Number(fields[1]), ticks: Number(fields[11]) + Number(fields[12]) };
}
