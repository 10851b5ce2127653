import { expect } from "chai";
import fc from "fast-check";
import { parseEther, parseGwei } from "viem";
import { compareWithChain, judgeDrift } from "../../src/check/clock.ts";
import { judgeDisk } from "../../src/check/disk.ts";
import { compareEndpoint } from "../../src/check/endpoint.ts";
import { toLine } from "../../src/check/finding.ts";
import { judgeGasMoney } from "../../src/check/gasMoney.ts";
import { useRunSeed } from "../support/seed.ts";

const operator = "0x00000000000000000000000000000000000000aa";

describe("the checks before a start", () => {
  useRunSeed();

  describe("judgeGasMoney", () => {
    const need = {
      operator,
      onceWei: parseEther("0.0001"),
      gasPriceWei: parseGwei("1"),
      epochDurationSeconds: 3600,
      relayUrl: undefined,
    } as const;

    it("default: enough for a week", () => {
      // 168 epochs of an hour, 40,000 gas each at 1 gwei.
      expect(judgeGasMoney({ ...need, balanceWei: parseEther("0.00672") }).level).to.equal("ok");
    });

    it("behavior: says how much more a week needs, and where to send it", () => {
      const finding = judgeGasMoney({ ...need, balanceWei: parseEther("0.00072") });
      expect(finding.level).to.equal("warning");
      expect(toLine(finding)).to.contain("168 epochs at 1 gwei").and.contain("0.006 more are needed.");
      expect(toLine(finding)).to.match(new RegExp(`Send it to ${operator}$`));
    });

    it("error: not enough for one attendance", () => {
      const finding = judgeGasMoney({ ...need, balanceWei: parseEther("0.00004") });
      expect(finding.level).to.equal("error");
      expect(finding.text).to.match(/^Out of gas money: .*0\.00006 is missing\.$/);
    });

    it("behavior: asks for no week's money where another node pays for attending", () => {
      const relayed = { ...need, relayUrl: "https://first.example" };
      const finding = judgeGasMoney({ ...relayed, balanceWei: need.onceWei });
      expect(finding.level).to.equal("ok");
      expect(finding.text).to.contain("https://first.example pays for attending");
      const poor = judgeGasMoney({ ...relayed, balanceWei: need.onceWei - 1n });
      expect(poor).to.include({ level: "warning", nextStep: `Send some to ${operator}` });
      expect(poor.text).to.contain("can't attend by itself").and.contain("an attendance needs 0.0001.");
    });

    it("behavior: what is said to be missing is what makes it fine", () => {
      fc.assert(
        fc.property(
          fc.bigInt(0n, 10n ** 18n),
          fc.bigInt(1n, 10n ** 12n),
          fc.integer({ min: 1, max: 86_400 }),
          (...[balanceWei, gasPriceWei, epochDurationSeconds]) => {
            const facts = { ...need, onceWei: 0n, balanceWei, gasPriceWei, epochDurationSeconds };
            const missing = /: ([\d.]+) more are needed/.exec(judgeGasMoney(facts).text)?.[1] ?? "0";
            const after = judgeGasMoney({ ...facts, balanceWei: balanceWei + parseEther(missing) });
            expect(after.level).to.equal("ok");
          },
        ),
      );
    });
  });

  describe("clocks", () => {
    it("default: close to the newest block and to the backend", () => {
      expect(compareWithChain(1_000, 1_012).level).to.equal("ok");
      expect(judgeDrift(900, "http://backend").level).to.equal("ok");
    });

    it("behavior: says in which direction and how far", () => {
      expect(compareWithChain(1_100, 1_000).text).to.contain("100 s in this machine's future");
      expect(compareWithChain(1_000, 1_500).text).to.contain("500 s old");
      expect(judgeDrift(-20_000, "http://backend").text).to.contain("20 s behind http://backend");
    });

    it("error: so far that signed calls are refused", () => {
      expect(judgeDrift(61_000, "http://backend")).to.include({ level: "error" });
      expect(judgeDrift(61_000, "http://backend").nextStep).to.contain("timedatectl");
    });
  });

  it("disk: fine, little, none", () => {
    const gib = 1024 ** 3;
    expect(judgeDisk(3 * gib, "/data").level).to.equal("ok");
    expect(judgeDisk(gib, "/data").level).to.equal("warning");
    expect(judgeDisk(gib / 10, "/data")).to.include({ level: "error", text: "102 MiB are free for /data." });
  });

  it("endpoint: the same URL, with or without a slash; another one with the command that mends it", () => {
    expect(compareEndpoint("https://a.example/", "https://a.example", "node.json").level).to.equal("ok");
    const finding = compareEndpoint("http://b.example", "https://a.example", "n/node.json");
    expect(finding.level).to.equal("warning");
    expect(finding.nextStep).to.contain("millrace node set-endpoint --config n/node.json");
  });
});
