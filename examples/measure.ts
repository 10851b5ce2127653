/**
 * `node examples/measure.ts`: size of each example's module and how long a call runs in the sandbox, with new input at
 * each call: the shortest and the median of twenty after five to warm up. README.md holds a run of it.
 */
import { cpus } from "node:os";
import type { CallRequest } from "@millrace/sandbox";
import { makeRequest, openExample, readExample } from "./test/open-example.ts";
import { crop, decodeJpeg, encodeJpeg } from "./test/pictures.ts";
import { randomSales, salesCsv, selectionQuery, summaryQuery } from "./test/random-table.ts";

const warmUp = 5;
const measured = 20;

/** A request whose answer nobody has computed before; `index` counts the calls. */
type NewRequest = (index: number) => CallRequest;

const rows = 100_000;
/** The same rows under other ids. */
const csv = salesCsv(randomSales(rows));
const newCsv = (index: number) => csv.replace("\r\n0,", `\r\n${index},`);
const photograph = decodeJpeg(readExample("thumbnail", "test/rocket.jpg"));
const newPhotograph = (index: number): Uint8Array =>
  encodeJpeg(crop(photograph, { x: index, y: 0, width: 600, height: 427 }), 90);

const scenarios: [example: string, what: string, NewRequest][] = [
  ["hello-assemblyscript", "greet", (index) => makeRequest(`Ada ${index}`)],
  ["hello-rust", "greet", (index) => makeRequest(`Ada ${index}`)],
  ["hello-cpp", "greet", (index) => makeRequest(`Ada ${index}`)],
  [
    "qr-code",
    "a link of 40 characters",
    (index) => makeRequest(`https://example.org/ticket/${1e12 + index}`),
  ],
  ["csv-pipeline", "filter 100,000 rows", (index) => makeRequest(newCsv(index), selectionQuery)],
  ["csv-pipeline", "sum up 100,000 rows", (index) => makeRequest(newCsv(index), summaryQuery)],
  [
    "thumbnail",
    "600 × 427 pixels to 256 wide",
    (index) => ({ ...makeRequest("", "width=256"), body: newPhotograph(index) }),
  ],
];

console.log(`${cpus()[0]?.model ?? "unknown"}, Node ${process.versions.node}; CSV of ${csv.length} bytes`);
for (const [example, what, newRequest] of scenarios) {
  const sandbox = await openExample(example);
  const durations: number[] = [];
  for (let index = 0; index < warmUp + measured; index += 1) {
    const request = newRequest(index);
    const { outcome, durationMs, stderr } = await sandbox.call(request);
    if (outcome !== "ok") throw new Error(`${example}: ${outcome} ${stderr}`);
    if (index >= warmUp) durations.push(durationMs);
  }
  await sandbox.close();
  durations.sort((one, other) => one - other);
  const [shortest = 0, median = 0] = [durations[0], durations[measured / 2]];
  const speed = what.includes("rows") ? `, ${(rows / shortest / 1000).toFixed(1)} million rows/s` : "";
  console.log(`| ${example} | ${what}${speed} | ${shortest.toFixed(1)} ms | ${median.toFixed(1)} ms |`);
}
