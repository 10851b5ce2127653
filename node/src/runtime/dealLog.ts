import { appendFile, mkdir } from "node:fs/promises";
import { join } from "node:path";
import {
  type DealLogEntry,
  listSegments,
  type LogQuery,
  openSegments,
  readSegments,
  segmentName,
  type Segments,
  trimSegments,
} from "./dealLogSegments.ts";

/** Bytes that wait to be written; a function that floods the log loses lines, not the node its memory. */
const mostWaitingBytes = 4 * 1024 * 1024;

/** What is told to a deal's log. */
type Appended = Pick<DealLogEntry, "requestId" | "source" | "text">;

/** The log of one deal on this node. */
export interface DealLog {
  append(entry: Appended): void;
  /** Reads lines, oldest first. */
  read(query: LogQuery): Promise<DealLogEntry[]>;
  /** Resolves when everything appended is written. */
  flush(): Promise<void>;
}

export interface DealLogParameters {
  /** of this deal alone */
  folder: string;
  /** size at which a file is full and a new one begun */
  segmentBytes: number;
  /** size of all files together; the oldest leave */
  maxBytes: number;
  /** takes out of a line what must not be kept */
  redact: (text: string) => string;
  /** told of a failed write; the lines are lost */
  onError: (error: unknown) => void;
}

/** Makes the log of a deal: JSON lines, numbered without end, in files that are named by their first number. */
export function createDealLog({
  folder,
  segmentBytes,
  maxBytes,
  redact,
  onError,
}: DealLogParameters): DealLog {
  let waiting: (Appended & { time: string; droppedBefore?: number })[] = [];
  let waitingBytes = 0;
  let dropped = 0;
  let writing: Promise<void> | undefined;
  let opened: Segments | undefined;

  async function write(): Promise<void> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const state = (opened ??= await openSegments(folder));
    while (waiting.length > 0) {
      const entries = waiting;
      waiting = [];
      waitingBytes = 0;
      const first = state.lastSeq + 1;
      const text = entries
        .map((entry, index) => `${JSON.stringify({ seq: first + index, ...entry })}\n`)
        .join("");
      state.lastSeq += entries.length;
      const isNew = state.current === undefined || state.current.sizeBytes >= segmentBytes;
      if (state.current === undefined || isNew) state.current = { first, sizeBytes: 0 };
      await appendFile(join(folder, segmentName(state.current.first)), text, { mode: 0o600 });
      state.current.sizeBytes += Buffer.byteLength(text);
      if (isNew) await trimSegments(folder, maxBytes);
    }
  }

  function begin(): void {
    writing ??= write()
      .catch((error: unknown) => {
        waiting = []; // else a disk that stays full would keep the node busy
        waitingBytes = 0;
        opened = undefined;
        onError(error);
      })
      .finally(() => {
        writing = undefined;
        if (waiting.length > 0) begin();
      });
  }

  async function flush(): Promise<void> {
    while (writing !== undefined) await writing;
  }

  return {
    append: (entry) => {
      const text = redact(entry.text);
      if (waitingBytes + text.length > mostWaitingBytes) {
        dropped += 1;
        return;
      }
      const note = dropped === 0 ? {} : { droppedBefore: dropped };
      dropped = 0;
      waitingBytes += text.length + 200;
      waiting.push({ time: new Date().toISOString(), ...entry, text, ...note });
      begin();
    },
    read: async (query) => {
      await flush();
      return readSegments(folder, await listSegments(folder), query);
    },
    flush,
  };
}
