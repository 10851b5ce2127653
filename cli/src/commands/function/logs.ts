import { setTimeout as delay } from "node:timers/promises";
import { argument, defineCommand, flag, option, optionOr } from "../../command.ts";
import type { Context } from "../../context.ts";
import { createMergedLog, type LogLine, type LogTrouble, type MergedLog } from "../../function/mergedLog.ts";
import { toJsonLine, writeOut, type Paint } from "../../output.ts";
import { dealId, integer, smallId, text } from "../../parse.ts";

const pollMs = 1_000;

export const functionLogs = defineCommand({
  name: "function logs",
  summary: "Show what a deal's function wrote to its standard error, and how calls failed",
  details:
    "Asks all workers of the deal and merges their lines by time; only the deal's owner may read them. Each line has " +
    "its time, node and request. With --json one object, and with --follow one object a line. A node keeps the newest " +
    "10 MiB of each deal; lines of workers that left stay with them.",
  needs: "wallet",
  args: { deal: argument("deal", "the deal's id", dealId) },
  options: {
    follow: flag("-f, --follow", "go on with new lines until Ctrl-C"),
    node: option("--node <id>", "only this node's lines", smallId, "all workers"),
    request: option("--request <id>", "only the lines of this request", text, "all requests"),
    lines: optionOr("-n, --lines <n>", "how many of the newest lines to begin with", integer(1, 1_000), 100),
  },
  examples: [
    "millrace function logs 1",
    "millrace function logs 1 --follow",
    "millrace function logs 1 --request 6f1c… --json",
  ],
  handler: async (context, { args: { deal }, options }) => {
    const { node, request, follow, lines } = options;
    const chain = await context.signer();
    const stopped = new AbortController();
    const unreachable: object[] = [];
    const log = createMergedLog({
      ...{ chain, deal, node, request, signal: stopped.signal },
      onTrouble: (trouble) => {
        unreachable.push({ node: trouble.node, message: trouble.error?.message ?? null });
        context.note(describe(trouble));
      },
    });
    const newest = await log.newest(lines);
    if (!follow) {
      return {
        data: { deal, lines: newest, unreachable },
        text:
          newest.length > 0
            ? formatLines(newest, context.paint)
            : unreachable.length > 0
              ? `No line of the log of deal ${deal} could be read.`
              : emptyText(deal, request),
        exitCode: newest.length === 0 && unreachable.length > 0 ? 1 : 0,
      };
    }
    context.interruption.handler = () => stopped.abort(new Error("stopped"));
    await followLines(context, { log, newest, signal: stopped.signal });
    return { data: undefined, text: "" };
  },
});

async function followLines(
  context: Context,
  { log, newest, signal }: { log: MergedLog; newest: LogLine[]; signal: AbortSignal },
): Promise<void> {
  const print = (lines: LogLine[]) => {
    if (lines.length === 0) return;
    const shown = context.json
      ? lines.map((line) => toJsonLine(line)).join("\n")
      : formatLines(lines, context.paint);
    writeOut(1, `${shown}\n`);
  };
  print(newest);
  try {
    for (;;) {
      await delay(pollMs, undefined, { signal });
      print(await log.next());
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

function formatLines(lines: readonly LogLine[], paint: Paint): string {
  const width = Math.max(...lines.map(({ node }) => String(node).length));
  return lines
    .flatMap(({ time, node, requestId, source, text: line, droppedBefore }) => {
      const head = paint.dim(`${time}  node ${String(node).padStart(width)}  ${plain(requestId)}`);
      const body = source === "outcome" ? paint.red(plain(line)) : plain(line);
      const lost =
        droppedBefore === undefined ? [] : [paint.yellow(`(${droppedBefore} lines were lost here)`)];
      return [...lost, `${head}  ${body}`];
    })
    .join("\n");
}

/** A function's words must not steer the terminal. */
function plain(line: string): string {
  return line.replace(
    // eslint-disable-next-line no-control-regex
    /[\u0000-\u0008\u000a-\u001f\u007f-\u009f]/g,
    (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`,
  );
}

function describe({ node, error }: LogTrouble): string {
  return error === undefined ? `Node ${node} answers again.` : `Node ${node}: ${error.message}`;
}

function emptyText(deal: bigint, request: string | undefined): string {
  return request === undefined
    ? `The log of deal ${deal} is empty.`
    : `The workers of deal ${deal} have no line of request ${request}.`;
}
