import { setTimeout as delay } from "node:timers/promises";
import { MillraceError, watchDeal, type DealNews } from "@millrace/sdk";
import { argument, defineCommand, flag, option } from "../../command.ts";
import { toJsonLine, writeOut, type Paint } from "../../output.ts";
import { dealId, integer } from "../../parse.ts";

export const dealWatch = defineCommand({
  name: "deal watch",
  summary: "Tell what happens to a deal as it happens: matches, workers, what it waits for",
  details:
    "Begins with how the deal stands and goes on until the deal has ended, or until Ctrl-C. With --json one object " +
    "a line. It asks the chain and the workers' nodes, not the backend.",
  needs: "network",
  args: { deal: argument("deal", "the deal's id", dealId) },
  options: {
    all: flag("--all", "with what happens all the time: epochs charged, workers settled"),
    seconds: option("--seconds <n>", "stop watching after this long", integer(1, 31_536_000), "until Ctrl-C"),
  },
  examples: ["millrace deal watch 1", "millrace deal watch 1 --json --seconds 60"],
  handler: async (context, { args, options }) => {
    const chain = await context.chain();
    const stopped = new AbortController();
    context.interruption.handler = () => stopped.abort(new Error("stopped"));
    if (options.seconds !== undefined)
      void delay(options.seconds * 1000, undefined, { ref: false }).then(() =>
        stopped.abort(new Error("over")),
      );
    try {
      for await (const news of watchDeal(chain, { deal: args.deal, signal: stopped.signal })) {
        if (news.routine && !options.all) continue;
        const line = context.json ? toJsonLine(newsData(news)) : formatNews(news, context.paint);
        writeOut(1, `${line}\n`);
      }
    } catch (error) {
      if (!stopped.signal.aborted || error instanceof MillraceError) throw error;
    }
    return { data: undefined, text: "" };
  },
});

function newsData({ atMs, kind, name, sentence, node, txHash }: DealNews): object {
  return { at: atMs / 1000, kind, name, sentence, node: node ?? null, txHash: txHash ?? null };
}

function formatNews({ atMs, kind, sentence }: DealNews, paint: Paint): string {
  const time = paint.dim(new Date(atMs).toTimeString().slice(0, 8));
  const colour = { event: paint.reset, status: paint.bold, waiting: paint.yellow, worker: paint.cyan };
  return `${time}  ${kind === "connection" ? paint.red(sentence) : colour[kind](sentence)}`;
}
