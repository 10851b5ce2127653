import { randomBytes } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { createApi, readDeal, readWorkers, setScaler } from "@millrace/sdk";
import { expect } from "chai";
import type { Devnet } from "../../scripts/devnet/devnet.ts";
import { deployEcho, type RunningDeal, startNetwork, until, waitForEpochs } from "./support.ts";

const callers = 24;

describe("a gateway that scales a deal, all in real processes", function () {
  this.timeout(300_000);
  let net: Devnet;
  let remove: (() => Promise<void>) | undefined;
  let running: RunningDeal;

  before(async () => {
    ({ net, remove } = await startNetwork({
      backendSettings: {
        SCALE_UP_CALLS: "4",
        SCALE_UP_SECONDS: "4",
        SCALE_DOWN_CALLS: "1",
        SCALE_DOWN_SECONDS: "12",
      },
    }));
    running = await deployEcho(net, { deposit: "1", changes: { targetWorkers: 1 } });
  });
  after(async () => {
    await remove?.();
  });

  const state = () => readDeal(running.developer, running.deal, running.terms);

  /** Calls through the gateway without a pause; none of them may fail. */
  function startLoad() {
    const load = { ends: false, answered: 0, failed: [] as string[] };
    const all = Array.from({ length: callers }, async () => {
      while (!load.ends) {
        const body = randomBytes(8).toString("hex");
        const options = { method: "POST", body, headers: { "millrace-idempotent": "true" } };
        try {
          const response = await fetch(`${net.gatewayUrl}/run/${running.deal}`, options);
          const text = await response.text();
          if (response.ok && text.includes(body)) load.answered += 1;
          else load.failed.push(text);
          await delay(1);
        } catch (error) {
          load.failed.push(String(error)); // the gateway is gone
          await delay(100);
        }
      }
    });
    return async () => {
      load.ends = true;
      await Promise.all(all);
      return load;
    };
  }

  it("default: load brings workers, as far as the cap, and idleness sends them away", async () => {
    const { developer, deal, terms } = running;
    const key = net.accounts.backend.address;
    const two = 2n * terms.priceLimit * BigInt(terms.unitsPerWorker);
    await setScaler(developer, { deal, scaler: { key, capPerEpoch: two } });
    const endLoad = startLoad();
    await until("the target is raised", async () => (await state()).targetWorkers > 1);
    await until("another worker is matched", async () => (await readWorkers(developer, deal)).length === 2);
    // Six workers would bear it; the owner pays two.
    await waitForEpochs(developer, 2);
    expect((await state()).targetWorkers).to.equal(2);
    const { answered, failed } = await endLoad();
    expect(failed).to.deep.equal([]);
    expect(answered).to.be.greaterThan(callers);

    await until("the target is lowered", async () => (await state()).targetWorkers === 1, {
      timeoutMs: 90_000,
    });
    expect((await state()).workers).to.equal(1);
    const left = (await readWorkers(developer, deal)).filter(({ lastEpoch }) => lastEpoch === undefined);
    const gone = (await readWorkers(developer, deal, { withEnded: true })).filter(
      ({ lastEpoch }) => lastEpoch !== undefined,
    );
    const prices = [...left, ...gone].map(({ pricePerUnitEpoch }) => Number(pricePerUnitEpoch));
    expect(prices, "the dearer one went").to.deep.equal(prices.toSorted((a, b) => a - b));
    expect(prices).to.have.length(2);

    // Once up, once down; the index is a block behind the chain.
    await until("both changes are told", async () => {
      const { items } = await createApi(net.apiUrl).history(deal);
      return items.filter(({ name }) => name === "TargetScaled").length === 2;
    });
    const metrics = await (await fetch(`${net.apiUrl}/metrics`)).text();
    for (const direction of ["raised", "lowered"])
      expect(metrics).to.contain(`millrace_scaler_changes_total{direction="${direction}"} 1`);
    expect(metrics).to.contain("millrace_scaler_deals 1");
  });

  it("behavior: a backend that was killed scales on, and does nothing twice", async () => {
    const { developer, deal } = running;
    const endLoad = startLoad();
    await until("the target is raised", async () => (await state()).targetWorkers === 2);
    await net.backend.kill();
    await net.restartBackend();
    await endLoad();
    await waitForEpochs(developer, 2);
    const { items } = await createApi(net.apiUrl).history(deal);
    const epochs = items.filter(({ name }) => name === "TargetScaled").map(({ epoch }) => epoch);
    expect(new Set(epochs).size, "one change an epoch").to.equal(epochs.length);
    await until("the target is lowered", async () => (await state()).targetWorkers === 1, {
      timeoutMs: 90_000,
    });
  });
});
