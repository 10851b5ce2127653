/** Tells what happened to a deal, why it waits and what happens next: watchDeal.ts <deal> <seconds> */
import { dateEvents, explainWaiting, formatTime, readDealHistory, watchDeal } from "@millrace/sdk";
import { openDevnet } from "./devnet.ts";

const { chain } = await openDevnet("caller");
const [, , id = "1", seconds = "5"] = process.argv;
const deal = BigInt(id);

for (const { at, sentence } of await dateEvents(chain, await readDealHistory(chain, deal)))
  console.log(`${formatTime(at)}  ${sentence}`);

const waiting = await explainWaiting(chain, deal);
console.log(waiting?.sentence ?? "It has all its workers.");

const signal = AbortSignal.timeout(Number(seconds) * 1000);
try {
  for await (const { kind, sentence } of watchDeal(chain, { deal, signal }))
    console.log(`${kind}: ${sentence}`);
} catch (error) {
  if (!signal.aborted) throw error;
}
