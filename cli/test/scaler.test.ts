import { join } from "node:path";
import { createDeal, readDeal } from "@millrace/sdk";
import { expect } from "chai";
import { keccak256, parseUnits, zeroAddress } from "viem";
import { startDevnet, type Devnet } from "../../scripts/devnet/devnet.ts";
import { millrace, millraceFails, millraceJson, scratchFolder, type Setting } from "./support/millrace.ts";

describe("millrace deal scaler", function () {
  this.timeout(180_000);
  let net: Devnet;
  let setting: Setting;
  let remove: () => Promise<void>;
  let deal: string;
  const json = <T>(...args: string[]) => millraceJson<T>(setting, args);
  const scaler = (...args: string[]) => json<Record<string, unknown>>("deal", "scaler", deal, ...args);

  before(async () => {
    const scratch = await scratchFolder();
    setting = { cwd: scratch.folder };
    ({ remove } = scratch);
    const folder = join(scratch.folder, ".millrace/devnet");
    net = await startDevnet({ folder, epochDuration: 600, finalityDepth: 5, nodes: [] });
    const developer = await net.connectAs("developer");
    const terms = {
      ...{ paymentToken: net.deployment.paymentTokens[0]?.address ?? zeroAddress },
      ...{ moduleDigest: keccak256("0xab"), functionCommitment: keccak256("0xcd") },
      ...{ unitsPerWorker: 2, minWorkers: 1, targetWorkers: 1 },
      ...{ maxWorkers: 6, maxWorkersPerProvider: 1, priceLimit: parseUnits("0.002", 6), minimumAsk: 0n },
      ...{ priceToleranceBps: 0, tipPerWorker: parseUnits("0.001", 6), endEpoch: 0, openToAll: true },
      ...{ permissionIssuer: zeroAddress, constraints: [], listMode: 0, providers: [] },
    } as const;
    deal = String((await createDeal(developer, { terms, deposit: parseUnits("1", 6) })).deal);
  });
  after(async () => {
    await net.stop();
    await remove();
  });

  it("default: names a wallet, whose cap is what so many workers can cost; takes the right away", async () => {
    const key = net.accounts.caller.address;
    expect((await millrace(setting, ["deal", "scaler", deal])).stdout).to.match(/^Only its owner 0x/);
    expect(await scaler("set", "--key", "caller", "--workers", "3")).to.deep.equal({
      ...{ deal, owner: net.accounts.developer.address, workersWithinCap: 3 },
      // three times two units at 0.002, and a tip of 0.001 each
      scaler: { key, capPerEpoch: "15000", nextEpoch: 0 },
    });
    const shown = await millrace(setting, ["deal", "scaler", deal, "show"]);
    expect(shown.stdout)
      .to.match(/cap +0\.015 tUSD an epoch/)
      .and.match(/raises to +3 workers at most/);

    await millrace(setting, ["deal", "scale", deal, "3", "--detach", "--wallet", "caller"]);
    expect((await readDeal(await net.connectAs("caller"), BigInt(deal))).targetWorkers).to.equal(3);
    const again = await millraceFails(setting, [
      "deal",
      "scale",
      deal,
      "2",
      "--detach",
      "--wallet",
      "caller",
    ]);
    expect(again.code).to.equal("deals-scaler-too-soon");

    expect(await scaler("set", "--key", key, "--cap", "0.004")).to.include({ workersWithinCap: 0 });
    expect((await millrace(setting, ["deal", "scaler", deal])).stdout).to.match(/it may only lower/);
    expect(await scaler("remove")).to.include({ scaler: null });
    const gone = await millraceFails(setting, ["deal", "scale", deal, "2", "--detach", "--wallet", "caller"]);
    expect(gone.code).to.equal("deals-unauthorized");
  });

  it("behavior: deal show names the scaler, and says how long workers' stake is held", async () => {
    expect(await json("deal", "show", deal)).to.include({ scaler: null, disputeWindow: 20 });
    await scaler("set", "--key", "caller", "--cap", "0.004");
    const { stdout } = await millrace(setting, ["deal", "show", deal]);
    expect(stdout)
      .to.match(new RegExp(`scaler +${net.accounts.caller.address}, up to 0\\.004 tUSD an epoch`))
      .and.match(/locks +a worker's stake is held for 20 s after its last epoch/);
    await scaler("remove");
  });

  it("error: by another wallet, without what it needs, with what does not belong to it", async () => {
    const set = ["deal", "scaler", deal, "set", "--key", "caller"];
    const stranger = await millraceFails(setting, [...set, "--cap", "1", "--wallet", "caller"]);
    expect(stranger.code).to.equal("deals-unauthorized");
    for (const wrong of [
      set,
      [...set, "--cap", "1", "--workers", "2"],
      ["deal", "scaler", deal, "--cap", "1"],
    ])
      expect((await millraceFails(setting, wrong, 2)).code).to.equal("usage");
  });
});
