import { expect } from "chai";
import { zeroHash } from "viem";
import {
  attend,
  createDeal,
  digestToCid,
  matchDeal,
  read,
  readDeal,
  readDealCreation,
  readModuleVersions,
  readWorkers,
  modulesAbi,
  setModule,
  setTarget,
  type Chain,
} from "@millrace/sdk";
import { failureOf } from "../support/errors.ts";
import { termsOf, type addProviderNode, type TestNetwork } from "../support/network.ts";

type Node = Awaited<ReturnType<typeof addProviderNode>>;

interface Setting {
  network: TestNetwork;
  developer: Chain;
  first: Node;
  second: Node;
}

const cidOf = (byte: string) => digestToCid(`0x${byte.repeat(32)}`);

/** What a deal's owner changes while it runs; on the chain of whoever calls it. */
export function testChanges(setting: () => Setting): void {
  describe("setModule and readModuleVersions", () => {
    it("behavior: versions of a deal with a function commitment have one each, those of others none", async () => {
      const { network, developer } = setting();
      const functionCommitment = `0x${"ef".repeat(32)}` as const;
      const plain = await createDeal(developer, { terms: termsOf(network), deposit: 1_000_000n });
      const change = { cid: cidOf("cd"), functionCommitment };
      expect((await failureOf(() => setModule(developer, { deal: plain.deal, ...change }))).code).to.equal(
        "modules-deal-uncommitted",
      );
      const terms = termsOf(network, { functionCommitment: `0x${"fe".repeat(32)}` });
      const { deal } = await createDeal(developer, { terms, deposit: 1_000_000n });
      await setModule(developer, { deal, ...change });
      const { versions } = await readModuleVersions(developer, deal);
      expect(versions.map((version) => version.functionCommitment)).to.deep.equal([
        terms.functionCommitment,
        functionCommitment,
      ]);
    });

    it("default: a new version counts from the next epoch; a rollback is one too", async () => {
      const { network, developer } = setting();
      const terms = termsOf(network);
      const { deal } = await createDeal(developer, { terms, deposit: 1_000_000n });
      const { epoch } = await readDealCreation(developer, deal);
      const changed = await setModule(developer, { deal, cid: cidOf("cd") });
      expect(changed).to.include({ version: 1, fromEpoch: epoch + 1 });
      await network.nextEpoch();
      await setModule(developer, { deal, cid: cidOf("ab") });

      const { versions, at } = await readModuleVersions(developer, deal);
      expect(versions).to.deep.equal([
        { version: 0, fromEpoch: epoch, cid: digestToCid(terms.moduleDigest), functionCommitment: zeroHash },
        { version: 1, fromEpoch: epoch + 1, cid: cidOf("cd"), functionCommitment: zeroHash },
        { version: 2, fromEpoch: epoch + 2, cid: cidOf("ab"), functionCommitment: zeroHash },
      ]);
      for (const offset of [0, 1, 2, 3]) {
        const [version, digest] = await read(developer, {
          address: developer.deployment.contracts.modules,
          abi: modulesAbi,
          functionName: "versionAt",
          args: [deal, epoch + offset],
        });
        expect(at(epoch + offset).version, `epoch +${offset}`).to.equal(version);
        if (version !== 0) expect(at(epoch + offset).cid).to.equal(digestToCid(digest));
      }
    });

    it("error: twice in an epoch, by a stranger, no such deal, no CID", async () => {
      const { network, developer } = setting();
      const { deal } = await createDeal(developer, { terms: termsOf(network), deposit: 1_000_000n });
      const cid = cidOf("cd");
      await setModule(developer, { deal, cid });
      const again = await failureOf(() => setModule(developer, { deal, cid }));
      expect(again).to.include({ code: "modules-changed-already", retryable: true });
      const stranger = await network.connectAs(9);
      const byStranger = await failureOf(() => setModule(stranger, { deal, cid }));
      expect(byStranger.code).to.equal("modules-unauthorized");
      expect(byStranger.nextStep).to.equal(`Send it from ${developer.account?.address}.`);
      expect((await failureOf(() => setModule(developer, { deal: 999n, cid }))).code).to.equal(
        "deals-unknown",
      );
      expect((await failureOf(() => readModuleVersions(developer, 999n))).code).to.equal("deals-unknown");
      expect((await failureOf(() => setModule(developer, { deal, cid: "latest" }))).code).to.equal(
        "cid-invalid",
      );
    });
  });

  describe("setTarget", () => {
    it("default: lowers the target naming the node that goes, and raises it again", async () => {
      const { network, developer, first, second } = setting();
      await network.nextEpoch();
      await Promise.all([attend(first.operator), attend(second.operator)]);
      const { deal } = await createDeal(developer, { terms: termsOf(network), deposit: 1_000_000n });
      const candidates = [first, second].map(({ node }) => ({ node, maxAsk: 2000n }));
      await matchDeal(developer, { deal, candidates });
      const tooFew = await failureOf(() => setTarget(developer, { deal, targetWorkers: 1 }));
      expect(tooFew.code).to.equal("deals-workers-above-target");
      const early = () => setTarget(developer, { deal, targetWorkers: 1, dismissed: [second.node] });
      expect((await failureOf(early)).code).to.equal("deals-worker-not-started");

      await network.nextEpoch();
      await setTarget(developer, { deal, targetWorkers: 1, dismissed: [second.node] });
      expect(await readDeal(developer, deal)).to.include({ targetWorkers: 1, workers: 1 });
      await network.nextEpoch();
      expect((await readWorkers(developer, deal)).map(({ node }) => node)).to.deep.equal([first.node]);
      await setTarget(developer, { deal, targetWorkers: 4, terms: termsOf(network) });
      expect(await readDeal(developer, deal)).to.include({ targetWorkers: 4, workers: 1 });
    });

    it("error: beyond the terms' bounds, without the money, by a stranger", async () => {
      const { network, developer } = setting();
      const { deal } = await createDeal(developer, { terms: termsOf(network), deposit: 8_000n });
      const beyond = await failureOf(() => setTarget(developer, { deal, targetWorkers: 5 }));
      expect(beyond.code).to.equal("deals-target-out-of-bounds");
      expect(beyond.shortMessage).to.match(/can't want 5 workers: its terms set the bounds 1 and 4/);
      const poor = await failureOf(() => setTarget(developer, { deal, targetWorkers: 3 }));
      expect(poor.code).to.equal("deals-balance-too-small");
      expect(poor.nextStep).to.equal(`Top it up: millrace deal fund ${deal} 0.004`);
      const stranger = await network.connectAs(9);
      const byStranger = await failureOf(() => setTarget(stranger, { deal, targetWorkers: 1 }));
      expect(byStranger.code).to.equal("deals-unauthorized");
    });
  });
}
