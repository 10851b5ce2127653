import { expect } from "chai";
import { createLoadReader } from "../../src/scaler/loads.ts";
import { after as answerAfter, ask, openGateway, startWorker } from "../gateway/support.ts";

describe("createLoadReader", () => {
  it("default: sums the calls of each deal over the gateways, and names those that are silent", async () => {
    const worker = await startWorker(1);
    const gateways = [await openGateway([worker]), await openGateway([worker])];
    const [first, second] = gateways;
    const dead = "http://127.0.0.1:9";
    try {
      worker.behave(answerAfter(1_000));
      const calls = [
        ...["/run/7", "/run/7", "/run/2"].map((path) => ask(first ?? { url: dead }, path)),
        ask(second ?? { url: dead }, "/run/7"),
      ];
      const read = createLoadReader(first?.loads, [second?.url ?? dead, dead]);
      let seen = await read();
      while ([...seen.loads.values()].reduce((sum, count) => sum + count, 0) < calls.length)
        seen = await read();
      expect([...seen.loads].sort()).to.deep.equal([
        [2, 1],
        [7, 3],
      ]);
      expect(seen.silent).to.deep.equal([dead]);
      await Promise.all(calls);
      expect((await read()).loads.size, "after the last answer").to.equal(0);
    } finally {
      await Promise.all(gateways.map((gateway) => gateway.close()));
      await worker.stop();
    }
  });

  it("behavior: numbers that no deal can have are not told, and what is no gateway counts as silent", async () => {
    const worker = await startWorker(1);
    const gateway = await openGateway([worker]);
    try {
      worker.behave(answerAfter(300));
      const calls = ["/run/18446744073709551615", "/run/3"].map((path) => ask(gateway, path));
      const read = createLoadReader(undefined, [gateway.url, worker.endpoint]);
      let seen = await read();
      while (seen.loads.size === 0) seen = await read();
      expect([...seen.loads.keys()]).to.deep.equal([3]);
      expect(seen.silent).to.deep.equal([worker.endpoint]);
      await Promise.all(calls);
    } finally {
      await gateway.close();
      await worker.stop();
    }
  });
});
