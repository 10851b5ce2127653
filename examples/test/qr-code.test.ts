import { fileURLToPath } from "node:url";
import type { Sandbox } from "@millrace/sandbox";
import { expect } from "chai";
import fc from "fast-check";
import { runCases } from "../../cli/src/function/cases.ts";
import { runs } from "../../machine/test/seed.ts";
import { makeRequest, openExample, readExample } from "./open-example.ts";
import { readSvg, readText, scan } from "./qr-codes.ts";
import { expectRebuilt } from "./rebuild.ts";

const MOST_BYTES = 2_331;

describe("qr-code", function () {
  this.timeout(120_000);
  let qr: Sandbox;
  before(async () => (qr = await openExample("qr-code")));
  after(() => qr.close());

  async function answer(text: string, query = ""): Promise<string> {
    const result = await qr.call(makeRequest(text, query));
    expect(result.outcome, result.stderr).to.equal("ok");
    return new TextDecoder().decode(result.output);
  }

  it("the test input decodes, as picture and as text", async () => {
    const input = readExample("qr-code", "test/input.txt").toString();
    expect(scan(readSvg(await answer(input)))).to.deep.equal({ text: input, version: 3 });
    expect(readText(await answer(input, "x=1&format=text"))).to.deep.equal(
      readSvg(await answer(input, "format=svg")),
    );
  });

  it("any text decodes to itself", async () => {
    const anyText = fc.string({ unit: "binary", minLength: 1, maxLength: 120 });
    await fc.assert(
      fc.asyncProperty(anyText, async (text) => {
        expect(scan(readSvg(await answer(text))).text).to.equal(text);
      }),
      { numRuns: runs(60) },
    );
  });

  it("every version decodes, filled to its last byte with random text", async () => {
    const capacities = [
      ...[14, 26, 42, 62, 84, 106, 122, 152, 180, 213, 251, 287, 331, 362, 412, 450, 504, 560, 624, 666],
      ...[711, 779, 857, 911, 997, 1_059, 1_125, 1_190, 1_264, 1_370, 1_452, 1_538, 1_628, 1_722, 1_809],
      ...[1_911, 1_989, 2_099, 2_213, MOST_BYTES],
    ];
    for (const [index, length] of capacities.entries()) {
      const [text = ""] = fc.sample(fc.string({ minLength: length, maxLength: length, size: "max" }), 1);
      expect(scan(readSvg(await answer(text)))).to.deep.equal({ text, version: index + 1 });
    }
  });

  it("its own cases pass", async () => {
    const results = await runCases(fileURLToPath(new URL("../qr-code", import.meta.url)), { sandbox: qr });
    expect(results?.flatMap(({ problems }) => problems)).to.deep.equal([]);
  });

  it("an empty or too long body, bytes that are no text and an unknown format fail with a reason", async () => {
    const cases: [string | Uint8Array, string, string][] = [
      ["", "", "The body is empty"],
      ["x".repeat(MOST_BYTES + 1), "", `has ${MOST_BYTES + 1} bytes; a QR code holds at most ${MOST_BYTES}.`],
      [Uint8Array.of(0xff, 0xfe), "", "must be UTF-8"],
      ["x", "format=png", "format is not known"],
    ];
    for (const [body, query, reason] of cases) {
      const request = makeRequest("", query);
      const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body;
      const result = await qr.call({ ...request, body: bytes });
      expect(result).to.include({ outcome: "exit", exitCode: 1 });
      expect(result.stderr).to.contain(reason);
      expect(result.output).to.have.length(0);
    }
  });

  it("the committed module is what its source builds to", function () {
    expectRebuilt(this, "qr-code", "rs");
  });
});
