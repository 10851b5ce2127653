import { appendFile, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { createDealLog, type DealLogParameters } from "../../src/runtime/dealLog.ts";
import { useFolder } from "../support/folder.ts";

const line = (text: string, requestId = "request-1") => ({ requestId, source: "stderr" as const, text });
const all = { after: 0, limit: 100_000, request: undefined };

describe("createDealLog", () => {
  const folder = useFolder();
  const open = (changes: Partial<DealLogParameters> = {}) =>
    createDealLog({
      folder: join(folder(), "logs", "deal-1"),
      segmentBytes: 1_000_000,
      maxBytes: 10_000_000,
      redact: (text) => text,
      onError: (error) => {
        throw error;
      },
      ...changes,
    });

  it("default: numbered lines in order, in a folder it makes itself", async () => {
    const log = open();
    for (let index = 0; index < 100; index += 1) log.append(line(`line ${index}\nwith a break`));
    const lines = await log.read(all);
    expect(lines.map(({ text }) => text)).to.deep.equal(
      Array.from({ length: 100 }, (_, i) => `line ${i}\nwith a break`),
    );
    expect(lines.map(({ seq }) => seq)).to.deep.equal(Array.from({ length: 100 }, (_, i) => i + 1));
    expect(Date.parse(lines[0]?.time ?? "")).to.be.closeTo(Date.now(), 60_000);
  });

  it("behavior: reads what follows a line, the newest lines, or those of one request, across files", async () => {
    const log = open({ segmentBytes: 300 });
    for (let index = 1; index <= 50; index += 1) {
      log.append(line(`line ${index}`, `request-${index % 5}`));
      await log.flush();
    }
    const numbers = async (query: { after: number | undefined; limit?: number }) =>
      (await log.read({ ...all, ...query })).map(({ seq }) => seq);
    expect(await numbers({ after: 46 })).to.deep.equal([47, 48, 49, 50]);
    expect(await numbers({ after: 10, limit: 3 })).to.deep.equal([11, 12, 13]);
    expect(await numbers({ after: 50 })).to.deep.equal([]);
    expect(await numbers({ after: undefined, limit: 3 })).to.deep.equal([48, 49, 50]);
    const ofOne = { ...all, request: "request-1" };
    expect((await log.read({ ...ofOne, after: 30 })).map(({ seq }) => seq)).to.deep.equal([31, 36, 41, 46]);
    expect((await log.read({ ...ofOne, after: undefined, limit: 2 })).map(({ seq }) => seq)).to.deep.equal([
      41, 46,
    ]);
  });

  it("behavior: the oldest files leave, and the numbers go on, also after a restart", async () => {
    const sizes = { segmentBytes: 500, maxBytes: 2_000 };
    for (let round = 0; round < 40; round += 1) {
      const log = open(sizes);
      log.append(line(`round ${round} ${"x".repeat(100)}`));
      await log.flush();
    }
    const lines = await open(sizes).read(all);
    expect(lines.at(-1)).to.include({ seq: 40 });
    expect(lines[0]?.seq).to.be.within(25, 35);
    const path = join(folder(), "logs", "deal-1");
    const files = await Promise.all((await readdir(path)).map((name) => readFile(join(path, name))));
    expect(files.reduce((sum, { length }) => sum + length, 0)).to.be.below(3_000);
  });

  it("behavior: after a line was cut off by SIGKILL all others are there, and no number comes twice", async () => {
    const log = open();
    log.append(line("whole"));
    await log.flush();
    const path = join(folder(), "logs", "deal-1");
    const [name = ""] = await readdir(path);
    await appendFile(join(path, name), '{"seq":2,"time":"2026-11-22T10:00:');
    const next = open();
    next.append(line("after the restart"));
    const lines = await next.read(all);
    expect(lines.map(({ text }) => text)).to.deep.equal(["whole", "after the restart"]);
    expect(lines.map(({ seq }) => seq)).to.deep.equal([1, 2]);
  });

  it("behavior: keeps what must not be kept out of the file", async () => {
    const log = open({ redact: (text) => text.replaceAll("s3cret", "***") });
    log.append(line("the token is s3cret"));
    expect((await log.read(all))[0]?.text).to.equal("the token is ***");
    const path = join(folder(), "logs", "deal-1");
    const [name = ""] = await readdir(path);
    expect(await readFile(join(path, name), "utf8")).not.to.contain("s3cret");
  });

  it("behavior: a flood loses lines and says how many, never the node's memory", async () => {
    const log = open();
    for (let index = 0; index < 25_000; index += 1) log.append(line("flood"));
    await log.flush();
    log.append(line("after"));
    const lines = await log.read(all);
    const dropped = lines.reduce((sum, { droppedBefore = 0 }) => sum + droppedBefore, 0);
    expect(lines.length + dropped).to.equal(25_001);
    expect(dropped).to.be.above(0);
  });

  it("error: each failed write is told", async () => {
    await writeFile(join(folder(), "logs"), "a file where the folder should be");
    const errors: unknown[] = [];
    const log = open({ onError: (error) => errors.push(error) });
    for (const count of [1, 2]) {
      log.append(line("lost"));
      await log.flush();
      expect(errors).to.have.length(count);
    }
  });
});
