import { appendFile, mkdir, rename, stat } from "node:fs/promises";
import { dirname } from "node:path";

/** Lines that wait to be written; a function that floods the log loses lines, not the node its memory. */
const mostWaiting = 10_000;

/** One line of a deal's log. */
interface DealLogEntry {
  requestId: string;
  /** where the line comes from: the function's standard error, or how its call ended */
  source: "stderr" | "outcome";
  text: string;
}

/** The log of one deal: JSON lines in a file of its own, with one older generation beside it. */
export interface DealLog {
  append(entry: DealLogEntry): void;
  /** Resolves when everything appended is written. */
  flush(): Promise<void>;
}

/**
 * Makes the log of a deal.
 *
 * @param maxBytes size at which the file is renamed to `<path>.1` and a new one begun
 * @param onError told of a failed write; the lines are lost
 */
export function createDealLog(path: string, maxBytes: number, onError: (error: unknown) => void): DealLog {
  let waiting: string[] = [];
  let dropped = 0;
  let writing: Promise<void> | undefined;
  let sizeBytes: number | undefined;

  async function write(): Promise<void> {
    await mkdir(dirname(path), { recursive: true });
    while (waiting.length > 0) {
      const text = waiting.join("");
      waiting = [];
      sizeBytes ??= await stat(path).then(
        ({ size }) => size,
        () => 0,
      );
      if (sizeBytes > maxBytes) {
        await rename(path, `${path}.1`);
        sizeBytes = 0;
      }
      await appendFile(path, text);
      sizeBytes += Buffer.byteLength(text);
    }
  }

  function begin(): void {
    writing ??= write()
      .catch((error: unknown) => {
        waiting = []; // else a disk that stays full would keep the node busy
        onError(error);
      })
      .finally(() => {
        writing = undefined;
        if (waiting.length > 0) begin();
      });
  }

  return {
    append: (entry) => {
      if (waiting.length >= mostWaiting) {
        dropped += 1;
        return;
      }
      const note = dropped === 0 ? {} : { droppedBefore: dropped };
      dropped = 0;
      waiting.push(`${JSON.stringify({ time: new Date().toISOString(), ...entry, ...note })}\n`);
      begin();
    },
    flush: async () => {
      while (writing !== undefined) await writing;
    },
  };
}
