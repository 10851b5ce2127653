import { statfs } from "node:fs/promises";
import { type Finding, fine } from "./finding.ts";

const check = "disk-space";
const mib = 1024 * 1024;
const leastMiB = 200;
const comfortableMiB = 2_048;

/** Says if the data folder has room for modules and logs. @param freeBytes what a user may still write there */
export function judgeDisk(freeBytes: number, folder: string): Finding {
  const freeMiB = Math.floor(freeBytes / mib);
  const text = `${freeMiB} MiB are free for ${folder}.`;
  if (freeMiB >= comfortableMiB) return fine(check, text);
  return {
    check,
    level: freeMiB < leastMiB ? "error" : "warning",
    text,
    nextStep: `Make room for modules and logs: ${comfortableMiB} MiB or more.`,
  };
}

/** Looks how much room the data folder, which exists, has. */
export async function checkDisk(folder: string): Promise<Finding> {
  const { bavail, bsize } = await statfs(folder);
  return judgeDisk(bavail * bsize, folder);
}
