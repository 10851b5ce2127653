import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import hre from "hardhat";
import { createPublicClient, custom, getAddress } from "viem";
import { type CheckParameters, checkDeployment } from "../../deploy/check.ts";
import { type DeployParameters, deployMillrace } from "../../deploy/deploy.ts";
import type { DeploymentRecord } from "../../deploy/record.ts";
import { type DeploymentSettings, readSettings } from "../../deploy/settings.ts";
import { dealsAbi } from "../../sdk/src/generated/dealsAbi.ts";
import { testSettings } from "./setUp.ts";

const STRANGER = "0x000000000000000000000000000000000000bEEF";

const ZERO = "0x0000000000000000000000000000000000000000";

describe("deployment", () => {
  let folder: string;
  let good: CheckParameters;
  let record: DeploymentRecord;
  let settings: DeploymentSettings;
  let parameters: DeployParameters;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "millrace-test-"));
    const { provider, ethers, networkHelpers } = await hre.network.create();
    settings = await testSettings();
    parameters = {
      network: "devnet",
      settings,
      genesis: await networkHelpers.time.latest(),
      provider,
      artifacts: hre.artifacts,
      journalFolder: join(folder, "journal"),
      config: { requiredConfirmations: 1, blockPollingInterval: 10 },
    };
    record = await deployMillrace(parameters);
    const [deployer] = await ethers.getSigners();
    if (deployer === undefined) throw new Error("no accounts");
    good = {
      provider,
      record,
      settings,
      deployer: deployer.address,
      compiled: (contract) => hre.artifacts.readArtifact(contract),
    };
  });

  after(() => rm(folder, { recursive: true, force: true }));

  /** What the check says of a record or settings that differ from the chain. */
  const check = (changed: { record?: Partial<DeploymentRecord>; settings?: Partial<DeploymentSettings> }) =>
    checkDeployment({
      ...good,
      record: { ...record, ...changed.record },
      settings: { ...settings, ...changed.settings },
    });

  describe("deployMillrace", () => {
    it("default: records where everything is and where it began", () => {
      expect(record).to.include({
        network: "devnet",
        chainId: 31_337,
        deploymentBlock: 1,
        epochDuration: 1_000,
      });
      const addresses = Object.values(record.contracts);
      expect(new Set(addresses)).to.have.property("size", addresses.length);
      expect(record.paymentTokens).to.have.length(1);
    });

    it("behavior: a finished journal is not deployed again", async () => {
      expect(await deployMillrace(parameters)).to.deep.equal(record);
    });

    it("error: the deployer must not be the guardian", async () => {
      const governance = { ...settings.governance, guardian: good.deployer };
      const wanted = {
        ...parameters,
        settings: { ...settings, governance },
        journalFolder: join(folder, "other"),
      };
      const failure = await deployMillrace(wanted).catch((error: unknown) => String(error));
      expect(failure).to.contain("must not be the guardian");
    });
  });

  describe("checkDeployment", () => {
    it("default: finds nothing wrong right after a deployment", async () => {
      expect(await checkDeployment(good)).to.deep.equal([]);
    });

    it("error: another chain", async () => {
      expect(await check({ record: { chainId: 1 } })).to.deep.equal([
        "This is chain 31337, the record is of chain 1.",
      ]);
    });

    it("error: no code, or other code", async () => {
      const { deals, staking } = record.contracts;
      const contracts = { ...record.contracts, deals: STRANGER, registry: staking };
      expect(await check({ record: { contracts } })).to.have.members([
        `There is no code at ${STRANGER} where Deals should be.`,
        `The code at ${staking} is not the compiled Registry.`,
      ]);
      expect(deals).not.to.equal(STRANGER);
    });

    it("error: other code, or code made for others, behind Deals", async () => {
      const { provider } = good;
      const client = createPublicClient({ transport: custom(provider) });
      const deals = { address: getAddress(record.contracts.deals), abi: dealsAbi } as const;
      const control = await client.readContract({ ...deals, functionName: "control" });
      const code = await provider.request({ method: "eth_getCode", params: [control, "latest"] });
      const { deployedBytecode } = await hre.artifacts.readArtifact("DealsControl"); // immutables are 0
      await provider.request({ method: "hardhat_setCode", params: [control, deployedBytecode] });
      expect((await check({})).slice(0, 2)).to.deep.equal([
        `The registry of DealsControl is ${ZERO}, not ${record.contracts.registry}.`,
        `The staking of DealsControl is ${ZERO}, not ${record.contracts.staking}.`,
      ]);
      await provider.request({ method: "hardhat_setCode", params: [control, "0x60"] });
      expect(await check({})).to.deep.equal([`The code at ${control} is not the compiled DealsControl.`]);
      await provider.request({ method: "hardhat_setCode", params: [control, code] });
      expect(await check({})).to.deep.equal([]);
    });

    it("error: another clock", async () => {
      const { genesis } = record;
      expect(await check({ record: { genesis: genesis + 1, epochDuration: 7 } })).to.have.members([
        `The genesis of Registry is ${genesis}, not ${genesis + 1}.`,
        `The genesis of Deals is ${genesis}, not ${genesis + 1}.`,
        "The epoch duration of Registry is 1000, not 7.",
        "The epoch duration of Deals is 1000, not 7.",
      ]);
    });

    it("error: other windows", async () => {
      const { governance } = settings;
      const other = {
        windows: { ...settings.windows, disputeWindow: 7 },
        governance: { ...governance, vetoMarginSeconds: 1 },
      };
      expect(await check({ settings: other })).to.deep.equal([
        "disputeWindow is 20, not 7.",
        "The margin of the veto window is 10, not 1.",
      ]);
    });

    it("error: other parameters", async () => {
      const changed = { ...settings.parameters, protocolFeeBps: 7n };
      expect(await check({ settings: { parameters: changed } })).to.deep.equal([
        "protocolFeeBps is 100, not 7.",
      ]);
    });

    it("error: other rules of the governor", async () => {
      const governance = {
        ...settings.governance,
        timelockDelaySeconds: 9,
        votingPeriodSeconds: 7,
        quorumPercent: 5,
        guardian: STRANGER,
      };
      expect(await check({ settings: { governance } })).to.have.members([
        `The timelock waits ${settings.governance.timelockDelaySeconds} s, not 9 s.`,
        `The voting period is ${settings.governance.votingPeriodSeconds}, not 7.`,
        "The quorum in percent is 4, not 5.",
        `The guardian is ${settings.governance.guardian ?? ""}, not ${STRANGER}.`,
      ]);
    });

    it("error: somebody may propose besides the governor", async () => {
      // As if the timelock had been bound to another governor: its roles are read from the chain alone.
      const stolen = await deployMillrace({ ...parameters, journalFolder: join(folder, "stolen") });
      const { timelock } = stolen.contracts;
      const contracts = { ...record.contracts, timelock };
      const problems = await check({ record: { contracts } });
      expect(problems).to.include.members([
        `${stolen.contracts.governor} may propose and must not.`,
        `${record.contracts.governor} should be able to propose.`,
        `${stolen.contracts.governor} may cancel and must not.`,
        `${record.contracts.governor} should be able to cancel.`,
        `The timelock of the governor is ${record.contracts.timelock}, not ${timelock}.`,
        `The treasury of MILL is ${record.contracts.timelock}, not ${timelock}.`,
      ]);
    });

    it("error: the deployer holds a role", async () => {
      const problems = await checkDeployment({ ...good, deployer: record.contracts.governor });
      expect(problems).to.have.length(2);
      expect(problems[0]).to.contain(`The deployer ${record.contracts.governor} still holds role`);
    });

    it("error: other first holders", async () => {
      const [treasury, first, ...rest] = settings.firstHolders;
      if (treasury === undefined || first === undefined) throw new Error("no holders");
      const firstHolders = [treasury, { ...first, amount: first.amount + 10n ** 18n }, ...rest];
      expect(await check({ settings: { firstHolders } })).to.deep.equal([
        "There are 1000000000 MILL, not 1000000001.",
        `${first.holder} holds 50000000 MILL, not 50000001.`,
      ]);
    });

    it("error: other payment tokens", async () => {
      const [token] = record.paymentTokens;
      if (token === undefined) throw new Error("no token");
      const paymentTokens = [
        { ...token, decimals: 18 },
        { symbol: "NONE", address: STRANGER, decimals: 6 },
      ];
      expect(await check({ record: { paymentTokens } })).to.deep.equal([
        "tUSD has 6 decimals, not 18.",
        `There is no token NONE at ${STRANGER}.`,
      ]);
    });
  });

  describe("readSettings", () => {
    const file = (name: string): string => join(import.meta.dirname, "../../deploy/parameters", name);

    const holders = (...shares: [string, string][]) => shares.map(([holder, mill]) => ({ holder, mill }));
    const [one, two] = [`0x${"11".repeat(20)}`, `0x${"22".repeat(20)}`];

    /** Reads production's file with what is left to be filled in, no guardian, and this. */
    const readFilled = async (filled: object, parameters: object = {}): Promise<DeploymentSettings> => {
      const production = JSON.parse(await readFile(file("production.json"), "utf8")) as {
        governance: object;
        parameters: object;
      };
      const path = join(folder, "filled.json");
      const settings = {
        ...{ ...production, ...filled },
        governance: { ...production.governance, guardian: null },
        parameters: { ...production.parameters, ...parameters },
        paymentTokens: [{ symbol: "USDC", address: one, decimals: 6 }],
      };
      await writeFile(path, JSON.stringify(settings));
      return readSettings(path);
    };

    it("default: reads the devnet's settings in the contracts' units", async () => {
      const read = await readSettings(file("devnet.json"));
      expect(read.parameters.stakePerUnit).to.equal(200n * 10n ** 18n);
      expect(read.firstHolders[0]).to.deep.equal({ holder: "treasury", amount: 500_000_000n * 10n ** 18n });
    });

    it("error: production is not deployed before everything is filled in, all of which is said at once", async () => {
      const failure = await readSettings(file("production.json")).catch((error: unknown) => String(error));
      expect(failure)
        .to.match(/production\.json is not complete\. Fill in:\n- firstHolders: who gets the first MILL/)
        .and.match(/\n- governance\.guardian: .*null for none\.\n- paymentTokens: /)
        .and.match(/\nThen deploy again, or name a file of your own with --parameters <file>\.$/);
    });

    it("behavior: takes production once it is filled in, without a guardian too if that is said", async () => {
      const settings = await readFilled({ firstHolders: holders([one, "4000"], [two, "4000"]) });
      expect(settings.governance.guardian).to.equal(undefined);
      expect(settings.paymentTokens[0]).to.include({ symbol: "USDC", decimals: 6 });
    });

    const refused: [string, unknown, string][] = [
      ["one holder would decide alone", holders([one, "51"], [two, "49"]), "more than half of all MILL"],
      [
        "one holder is listed twice and would decide alone",
        holders([one, "30"], [two, "40"], [one, "30"]),
        "more than half of all MILL",
      ],
      ["no quorum could be met", holders(["treasury", "0"], [one, "0"]), "no quorum could be met"],
      ["nobody could ever propose", holders([one, "400"], [two, "400"]), "a proposer would need 1000"],
    ];
    for (const [what, firstHolders, words] of refused) {
      it(`error: ${what}`, async () => {
        const failure = await readFilled({ firstHolders }).catch((error: unknown) => String(error));
        expect(failure).to.contain(words);
      });
    }

    const windows: [string, object, string][] = [
      [
        "no vote could veto a slash",
        { slashVetoWindowSeconds: 777_599 },
        "a decision takes 777600 s with its margin",
      ],
      ["stake could leave before a dispute is over", { thawPeriodSeconds: 691_199 }, "takes up to 691200 s"],
    ];
    for (const [what, changed, words] of windows) {
      it(`error: ${what}`, async () => {
        const firstHolders = holders([one, "4000"], [two, "4000"]);
        const failure = await readFilled({ firstHolders }, changed).catch((error: unknown) => String(error));
        expect(failure).to.contain(words);
      });
    }

    it("error: no such file", async () => {
      const failure = await readSettings(file("nowhere.json")).catch((error: unknown) => String(error));
      expect(failure).to.contain("There is no parameter file");
    });
  });
});
