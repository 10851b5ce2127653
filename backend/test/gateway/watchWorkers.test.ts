import { setTimeout as delay } from "node:timers/promises";
import type { Chain } from "@millrace/sdk";
import { expect } from "chai";
import { watchWorkers } from "../../src/gateway/watchWorkers.ts";
import { nowhere, testLog } from "../support/api.ts";

describe("watchWorkers", () => {
  it("behavior: asks for a range that exists when the chain stands lower than it stood", async () => {
    let head = 1_000n;
    const asked: { fromBlock: string; toBlock: string }[] = [];
    const publicClient = {
      getBlockNumber: () => Promise.resolve(head),
      request: ({ params: [filter] }: { params: [{ fromBlock: string; toBlock: string }] }) => {
        asked.push(filter);
        return Promise.resolve([]);
      },
    };
    const chain = { deployment: nowhere, publicClient } as unknown as Chain;
    const untilAsked = async (times: number) => {
      while (asked.length < times) await delay(5);
    };
    const watch = watchWorkers({
      ...{ chain: () => Promise.resolve(chain), pollMs: 5, log: testLog },
      ...{ isNeeded: () => true, onDeal: () => undefined, onNode: () => undefined },
    });
    try {
      await untilAsked(1);
      head = 500n;
      await untilAsked(2);
    } finally {
      watch.stop();
    }
    const ranges = asked.map(({ fromBlock, toBlock }) => [Number(fromBlock), Number(toBlock)]);
    expect(ranges).to.deep.equal([
      [992, 1_000],
      [492, 500],
    ]);
  });
});
