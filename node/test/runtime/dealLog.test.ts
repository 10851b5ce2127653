import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { createDealLog } from "../../src/runtime/dealLog.ts";
import { useFolder } from "../support/folder.ts";

const line = (text: string) => ({ requestId: "request-1", source: "stderr" as const, text });
const linesOf = async (path: string) =>
  (await readFile(path, "utf8"))
    .trimEnd()
    .split("\n")
    .map((text) => JSON.parse(text) as { text: string; time: string; droppedBefore?: number });

describe("createDealLog", () => {
  const folder = useFolder();
  const fail = (error: unknown) => {
    throw error;
  };

  it("default: JSON lines in order, in a folder it makes itself", async () => {
    const path = join(folder(), "logs", "deal-1.log");
    const log = createDealLog(path, 1_000_000, fail);
    for (let index = 0; index < 100; index += 1) log.append(line(`line ${index}\nwith a break`));
    await log.flush();
    const lines = await linesOf(path);
    expect(lines.map(({ text }) => text)).to.deep.equal(
      Array.from({ length: 100 }, (_, i) => `line ${i}\nwith a break`),
    );
    expect(Date.parse(lines[0]?.time ?? "")).to.be.closeTo(Date.now(), 60_000);
  });

  it("behavior: beyond its size the file moves aside and a new one begins, also after a restart", async () => {
    const path = join(folder(), "deal-1.log");
    for (const round of [1, 2, 3]) {
      const log = createDealLog(path, 100, fail);
      log.append(line(`round ${round} ${"x".repeat(100)}`));
      await log.flush();
    }
    expect((await linesOf(path)).map(({ text }) => text.slice(0, 7))).to.deep.equal(["round 3"]);
    expect((await linesOf(`${path}.1`)).map(({ text }) => text.slice(0, 7))).to.deep.equal(["round 2"]);
  });

  it("behavior: a flood loses lines and says how many, never the node's memory", async () => {
    const path = join(folder(), "deal-1.log");
    const log = createDealLog(path, 100_000_000, fail);
    for (let index = 0; index < 25_000; index += 1) log.append(line("flood"));
    await log.flush();
    log.append(line("after"));
    await log.flush();
    const lines = await linesOf(path);
    const dropped = lines.reduce((sum, { droppedBefore = 0 }) => sum + droppedBefore, 0);
    expect(lines.length + dropped).to.equal(25_001);
    expect(dropped).to.be.above(0);
  });

  it("error: each failed write is told", async () => {
    const path = join(folder(), "taken", "deal-1.log");
    await writeFile(join(folder(), "taken"), "a file where the folder should be");
    const errors: unknown[] = [];
    const log = createDealLog(path, 1_000, (error) => errors.push(error));
    for (const count of [1, 2]) {
      log.append(line("lost"));
      await log.flush();
      expect(errors).to.have.length(count);
    }
  });
});
