import { createHash, randomBytes } from "node:crypto";
import { expect } from "chai";
import fc from "fast-check";
import { runs } from "../../machine/test/seed.ts";
import { closeSandboxes, makeRequest, openFunction, outputText } from "./helpers.ts";

describe("programs of real compilers", () => {
  afterEach(closeSandboxes);

  it("C: sees its name, the request, the manifest's variables and its input", async () => {
    const sandbox = await openFunction("echo", { env: { GREETING: "good day" } });
    const headers = { host: "node.example:8443", "content-type": "text/csv", "X-Trace": "é" };
    const result = await sandbox.call(
      makeRequest({ text: "a,b\n", path: "/table", query: "x=1&y", headers, remoteAddress: "192.0.2.7" }),
    );
    expect(result).to.include({ outcome: "ok", exitCode: 0, stderr: "" });
    expect(result).not.to.have.property("message");
    expect(outputText(result).split("\n")).to.deep.equal([
      ...["arg tested", "env CONTENT_LENGTH=4", "env CONTENT_TYPE=text/csv", "env GATEWAY_INTERFACE=CGI/1.1"],
      ...["env GREETING=good day", "env HTTP_HOST=node.example:8443", "env HTTP_X_TRACE=é"],
      ...["env PATH_INFO=/table", "env QUERY_STRING=x=1&y", "env REMOTE_ADDR=192.0.2.7"],
      "env REQUEST_ID=request-1",
      ...["env REQUEST_METHOD=POST", "env SCRIPT_NAME=", "env SERVER_NAME=node.example"],
      ...["env SERVER_PORT=8443", "env SERVER_PROTOCOL=HTTP/1.1", "env SERVER_SOFTWARE=millrace", "a,b", ""],
    ]);
  });

  it("C: gets every byte of its input and gives back every byte of its output", async function () {
    this.timeout(60_000);
    const sandbox = await openFunction("echo");
    const head = outputText(await sandbox.call(makeRequest()));
    for (const sizeBytes of [1, 4095, 4096, 65_537, 15 * 2 ** 20]) {
      const body = randomBytes(sizeBytes);
      const { output, outcome } = await sandbox.call(makeRequest({ body }));
      expect(outcome).to.equal("ok");
      const prefix = new TextEncoder().encode(`env CONTENT_LENGTH=${sizeBytes}\n`).length + head.length;
      const digest = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
      expect(digest(output.subarray(prefix))).to.equal(digest(body));
    }
  });

  it("Rust: reads, hashes with seeded random numbers, prints", async () => {
    const sandbox = await openFunction("words");
    const word = fc.stringMatching(/^[a-z]{1,3}$/);
    await fc.assert(
      fc.asyncProperty(fc.array(word, { maxLength: 50 }), async (words) => {
        const counts = new Map<string, number>();
        for (const each of words) counts.set(each, (counts.get(each) ?? 0) + 1);
        const expected = [...counts].map(([each, count]) => `${each} ${count}\n`).sort();
        const result = await sandbox.call(makeRequest({ text: words.join(" ") }));
        expect(
          outputText(result)
            .split(/(?<=\n)/)
            .filter((line) => line !== "")
            .sort(),
        ).to.deep.equal(expected);
      }),
      { numRuns: runs(30) },
    );
  });

  it("Rust: a panic is a trap with its message on standard error", async () => {
    const sandbox = await openFunction("words");
    const result = await sandbox.call(makeRequest({ text: "four", query: "panic" }));
    expect(result).to.include({
      outcome: "trap",
      exitCode: undefined,
      message: "The function trapped: unreachable.",
    });
    expect(result.stderr).to.contain("told to panic about 4 bytes").and.to.contain("wasm-function");
    expect(result.output).to.have.length(0);
  });

  it("C++: the standard streams and containers work", async () => {
    const sandbox = await openFunction("iostream");
    const result = await sandbox.call(makeRequest({ text: "pear apple fig" }));
    expect(outputText(result)).to.equal("apple\nfig\npear\n");
    expect(result.stderr).to.equal("3 words\n");
  });

  it("an exit code other than 0 is reported with the output and each line of standard error", async () => {
    const lines: object[] = [];
    const sandbox = await openFunction("exit", {}, { onStderr: (line) => lines.push(line) });
    const result = await sandbox.call(makeRequest({ text: "3", requestId: "r-77" }));
    expect(result).to.include({
      outcome: "exit",
      exitCode: 3,
      message: "The function ended with exit code 3.",
    });
    expect(outputText(result)).to.equal("partial answer");
    expect(lines).to.deep.equal([
      { requestId: "r-77", text: "first complaint" },
      { requestId: "r-77", text: "second complaint" },
    ]);
    expect(await sandbox.call(makeRequest({ text: "0" }))).to.include({ outcome: "ok", exitCode: 0 });
    expect(await sandbox.call(makeRequest({ text: "255" }))).to.include({ outcome: "exit", exitCode: 255 });
  });

  it("each call has an instance of its own, and the results come to their callers", async () => {
    const sandbox = await openFunction("words");
    const texts = Array.from({ length: 40 }, (_unused, index) => `word${index}`);
    const results = await Promise.all(texts.map((text) => sandbox.call(makeRequest({ text }))));
    expect(results.map(outputText)).to.deep.equal(texts.map((text) => `${text} 1\n`));
  });

  it("calls that reach the process together keep their own bodies, Buffers too", async () => {
    const sandbox = await openFunction("words", {}, { threads: 8 });
    for (let round = 0; round < 5; round += 1) {
      const texts = Array.from({ length: 64 }, (_unused, index) => `round${round}word${index}`);
      // A Buffer arrives as a Buffer: a view of a chunk in which other bodies lie.
      const requests = texts.map((text) => makeRequest({ body: Buffer.from(text) }));
      const results = await Promise.all(requests.map((request) => sandbox.call(request)));
      expect(results.map(outputText)).to.deep.equal(texts.map((text) => `${text} 1\n`));
    }
  });
});
