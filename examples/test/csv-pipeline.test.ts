import { fileURLToPath } from "node:url";
import type { Sandbox } from "@millrace/sandbox";
import { expect } from "chai";
import fc from "fast-check";
import { runCases } from "../../cli/src/function/cases.ts";
import { runs } from "../../machine/test/seed.ts";
import { makeRequest, openExample } from "./open-example.ts";
import {
  expectedSelection,
  expectedSummary,
  randomSales,
  salesCsv,
  selectionQuery,
  summaryQuery,
  toCsv,
} from "./random-table.ts";
import { expectRebuilt } from "./rebuild.ts";

describe("csv-pipeline", function () {
  this.timeout(120_000);
  let pipeline: Sandbox;
  before(async () => (pipeline = await openExample("csv-pipeline")));
  after(() => pipeline.close());

  async function answer(csv: string, query = ""): Promise<string> {
    const result = await pipeline.call(makeRequest(csv, query));
    expect(result.outcome, result.stderr).to.equal("ok");
    return new TextDecoder("utf-8", { ignoreBOM: true }).decode(result.output);
  }

  async function reason(csv: string, query = ""): Promise<string> {
    const result = await pipeline.call(makeRequest(csv, query));
    expect(result).to.include({ outcome: "exit", exitCode: 1 });
    expect(result.output).to.have.length(0);
    return result.stderr;
  }

  it("its own cases pass", async () => {
    const results = await runCases(fileURLToPath(new URL("../csv-pipeline", import.meta.url)), {
      sandbox: pipeline,
    });
    expect(results?.flatMap(({ problems }) => problems)).to.deep.equal([]);
  });

  it("filters and sums up 100,000 new rows, to the byte, within the default limits", async () => {
    const sales = randomSales(100_000);
    const csv = salesCsv(sales);
    expect(await answer(csv)).to.equal(csv);
    expect(await answer(csv, selectionQuery)).to.equal(expectedSelection(sales));
    expect(await answer(csv, summaryQuery)).to.equal(expectedSummary(sales));
  });

  it("any table comes back as it was, however it was quoted and its lines ended", async () => {
    const field = fc.oneof(
      fc.string({ unit: fc.constantFrom("a", ",", '"', "\r", "\n", ";", " ", "é", "漢") }),
      fc.string({ unit: "binary" }),
    );
    const table = fc
      .integer({ min: 2, max: 5 })
      .chain((width) =>
        fc.array(fc.array(field, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 20 }),
      );
    const property = fc.asyncProperty(
      table,
      fc.boolean(),
      fc.constantFrom("\n", "\r\n", "\r"),
      fc.boolean(),
      async (rows, quoteAll, lineEnd, isLastEnded) => {
        const csv = toCsv(rows, { quoteAll, lineEnd });
        // A byte order mark at the start is no part of the first name.
        const sent = isLastEnded ? csv : csv.slice(0, -lineEnd.length);
        const expected = toCsv(rows);
        const bare = sent.startsWith("\ufeff") ? expected.slice(1) : expected;
        expect(await answer(sent)).to.equal(bare);
      },
    );
    await fc.assert(property, { numRuns: runs(100) });
  });

  it("a chunk may end anywhere: quotes, line ends and characters at every place around 64 KiB", async () => {
    const row = ['"é"', "a,b\r\n", ""];
    for (let shift = 0; shift < 24; shift += 1) {
      const rows = [["x", "y", "z"], ["-".repeat(65_500 + shift), "", ""], row, row, row, row, row];
      expect(await answer(toCsv(rows))).to.equal(toCsv(rows));
    }
  });

  it("adds without rounding, compares numbers as numbers and text as text", async () => {
    const csv = "n,t\n0.1,b\n0.20,a\n-3,B\n,c\nten,\n";
    expect(await answer(csv.replace("ten,\n", ""), "sum=n&mean=n&min=n&max=n&count")).to.equal(
      "sum_n,mean_n,min_n,max_n,count\r\n-2.70,-0.900000,-3,0.20,4\r\n",
    );
    expect(await answer(csv, "where=n%3E0.1&select=n")).to.equal("n\r\n0.20\r\n");
    expect(await answer(csv, "where=n=0.2&select=t")).to.equal("t\r\na\r\n");
    expect(await answer(csv, "where=n!=0.2&select=n")).to.equal('n\r\n0.1\r\n-3\r\n""\r\nten\r\n');
    expect(await answer(csv, "where=t>a&where=t<=c&select=t")).to.equal("t\r\nb\r\nc\r\n");
    expect(await answer(csv, "where=n~e&group=t")).to.equal("t,count\r\n,1\r\n");
    expect(await answer("n\n", "sum=n&mean=n&count")).to.equal("sum_n,mean_n,count\r\n0,,0\r\n");
    expect(await answer("n\n", "group=n&sum=n")).to.equal("n,sum_n\r\n");
  });

  it("what is wrong is named with its line or its word, and nothing is answered", async () => {
    expect(await reason("")).to.contain("The body is empty");
    expect(await reason('a,b\r\n"1\r\n2",3\r\n4\r\n')).to.equal(
      "Line 4 has 1 fields; the first row names 2 columns.\n",
    );
    expect(await reason('a\n"open')).to.contain("line 2 opens a quote that is never closed");
    expect(await reason('a\n"b"c\n')).to.contain("line 2 has text behind a closing quote");
    expect(await reason('a\nb"c\n')).to.contain("line 2 has a quote within a field");
    expect(await reason("a,b\n1,x\n", "sum=b")).to.contain("line 2: b is no number: x");
    expect(await reason("a,b\n", "select=c")).to.contain("There is no column c. The columns are: a, b.");
    expect(await reason("a\n", "where=a")).to.contain("where=a has no operator");
    expect(await reason("a\n", "sort=a")).to.contain("sort is not known");
    expect(await reason("a\n", "select=a&count")).to.contain("select goes with rows");
  });

  it("the committed module is what its source builds to", function () {
    expectRebuilt(this, "csv-pipeline", "rs");
  });
});
