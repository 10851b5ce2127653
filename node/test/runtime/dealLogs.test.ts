import { readdir, utimes } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { pino } from "pino";
import { createDealLogs } from "../../src/runtime/dealLogs.ts";
import { useFolder } from "../support/folder.ts";

const eightDaysAgo = () => new Date(Date.now() - 8 * 24 * 3_600_000);

describe("createDealLogs", () => {
  const folder = useFolder();
  const open = () =>
    createDealLogs({
      folder: folder(),
      redact: (_deal, text) => text,
      log: pino({ level: "silent" }),
    });
  const left = async () => (await readdir(folder())).sort();
  async function write(logs: ReturnType<typeof open>, deal: bigint): Promise<void> {
    logs.of(deal).append({ requestId: "request-1", source: "stderr", text: "a line" });
    await logs.of(deal).flush();
  }
  async function age(name: string): Promise<void> {
    for (const file of await readdir(join(folder(), name)))
      await utimes(join(folder(), name, file), eightDaysAgo(), eightDaysAgo());
    await utimes(join(folder(), name), eightDaysAgo(), eightDaysAgo());
  }

  it("default: a log that nothing was written to for a week leaves, unless the deal is the node's", async () => {
    const logs = open();
    for (const deal of [1n, 2n, 3n]) await write(logs, deal);
    await age("deal-1");
    await age("deal-2");
    await logs.tidy(new Set([2n]));
    expect(await left()).to.deep.equal(["deal-2", "deal-3"]);
  });

  it("behavior: a log begun long ago stays for a week after its last line", async () => {
    const logs = open();
    await write(logs, 1n);
    await age("deal-1");
    await write(logs, 1n);
    await logs.tidy(new Set());
    expect(await left()).to.deep.equal(["deal-1"]);
    expect(await logs.of(1n).read({ after: 0, limit: 10, request: undefined })).to.have.length(2);
  });
});
