import { readdir, readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { type DealLogEntry, dealLogEntrySchema } from "@millrace/sdk";
import { Value } from "typebox/value";

export type { DealLogEntry };

/** Most bytes of one answer, whatever the limit of lines. */
const mostAnswerBytes = 4 * 1024 * 1024;

/** One file of a log, named by the number of its first line. */
export interface Segment {
  first: number;
  sizeBytes: number;
}

/** Where writing goes on. */
export interface Segments {
  /** number of the newest line, 0 without any */
  lastSeq: number;
  /** the file that is written to; undefined: the next line begins a new one */
  current: Segment | undefined;
}

/** Which lines are asked for. */
export interface LogQuery {
  /** only lines with a higher number, oldest first; without it the newest lines */
  after: number | undefined;
  limit: number;
  /** only lines of this request */
  request: string | undefined;
}

/** The name of the file that begins with a line. */
export function segmentName(first: number): string {
  return `${String(first).padStart(16, "0")}.jsonl`;
}

/** A log's files, oldest first; none if there is no folder. */
export async function listSegments(folder: string): Promise<number[]> {
  const names = await readdir(folder).catch(() => []);
  return names
    .filter((name) => /^\d{16}\.jsonl$/.test(name))
    .map((name) => Number(name.slice(0, 16)))
    .sort((a, b) => a - b);
}

/** Finds where a log ended. After a line that was cut off, by SIGKILL or a full disk, a new file is begun. */
export async function openSegments(folder: string): Promise<Segments> {
  const first = (await listSegments(folder)).at(-1);
  if (first === undefined) return { lastSeq: 0, current: undefined };
  const text = await readFile(join(folder, segmentName(first)), "utf8");
  const lastSeq = parseLines(text).at(-1)?.seq ?? first;
  const isWhole = text === "" || text.endsWith("\n");
  return { lastSeq, current: isWhole ? { first, sizeBytes: Buffer.byteLength(text) } : undefined };
}

/** Removes the oldest files until all are within `maxBytes`; the newest stays. */
export async function trimSegments(folder: string, maxBytes: number): Promise<void> {
  const paths = (await listSegments(folder)).map((first) => join(folder, segmentName(first)));
  let left = maxBytes;
  for (const [index, path] of paths.toReversed().entries()) {
    const { size } = await stat(path);
    left -= size;
    if (left < 0 && index > 0) await rm(path, { force: true });
  }
}

/** Reads lines from a log's files. */
export async function readSegments(
  folder: string,
  segments: readonly number[],
  query: LogQuery,
): Promise<DealLogEntry[]> {
  const { after } = query;
  const begin = after === undefined ? 0 : segments.findLastIndex((first) => first <= after + 1);
  const chosen = segments.slice(Math.max(0, begin));
  return after === undefined ? readNewest(folder, chosen, query) : readAfter(folder, chosen, query, after);
}

async function readAfter(
  folder: string,
  segments: readonly number[],
  { limit, request }: LogQuery,
  after: number,
): Promise<DealLogEntry[]> {
  const found: DealLogEntry[] = [];
  let bytes = 0;
  for (const first of segments) {
    for (const entry of parseLines(await readSegment(folder, first), request)) {
      if (entry.seq <= after) continue;
      bytes += entry.text.length;
      if (found.length > 0 && bytes > mostAnswerBytes) return found;
      found.push(entry);
      if (found.length === limit) return found;
    }
  }
  return found;
}

async function readNewest(
  folder: string,
  segments: readonly number[],
  { limit, request }: LogQuery,
): Promise<DealLogEntry[]> {
  const found: DealLogEntry[] = [];
  let bytes = 0;
  for (const first of segments.toReversed()) {
    for (const entry of parseLines(await readSegment(folder, first), request).toReversed()) {
      bytes += entry.text.length;
      if (found.length === limit || (found.length > 0 && bytes > mostAnswerBytes)) return found.reverse();
      found.push(entry);
    }
  }
  return found.reverse();
}

/** Empty for a file that was removed meanwhile. */
function readSegment(folder: string, first: number): Promise<string> {
  return readFile(join(folder, segmentName(first)), "utf8").catch(() => "");
}

/** The whole lines of a file; parses only those that may be of the request. */
function parseLines(text: string, request?: string): DealLogEntry[] {
  return text.split("\n").flatMap((line) => {
    if (line === "" || (request !== undefined && !line.includes(request))) return [];
    const entry = parseLine(line);
    return entry === undefined || (request !== undefined && entry.requestId !== request) ? [] : [entry];
  });
}

function parseLine(line: string): DealLogEntry | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return Value.Check(dealLogEntrySchema, value) ? value : undefined;
  } catch {
    return undefined; // Cut off when the process was killed.
  }
}
