import { expect } from "chai";
import { encodeBytes32String, parseEther } from "ethers";
import { setUp } from "./setUp.ts";

const GPUS = encodeBytes32String("gpus");
const ATTESTED = { attribute: GPUS, operator: 2, value: 2 };
const [NONE, UNMET] = [0n, 9n];

/** Two equal nodes; a deal asks for what only an attester says of them. */
describe("a deal that asks for an attested attribute", () => {
  it("takes the node that its attester vouches for, as long as he does", async () => {
    const chain = await setUp();
    const { mill, stablecoin, registry, staking, deals, connection, toEpoch, genesis } = chain;
    const { ethers } = connection;
    const [, owner, attester, stranger, ...others] = await ethers.getSigners();
    if (owner === undefined || attester === undefined || stranger === undefined)
      throw new Error("There are too few accounts.");
    const packed = {
      regionGroup: 4,
      country: 0,
      hardwareClass: 3,
      cores: 8,
      memoryGiB: 16,
      bandwidthMbps: 0,
    };
    await toEpoch(2n);
    for (const provider of [1n, 2n]) {
      const [signer, operator] = others.slice(Number(provider) * 2);
      if (signer === undefined || operator === undefined) throw new Error("There are too few accounts.");
      await registry.connect(signer).registerProvider(ethers.ZeroHash, signer);
      await mill.connect(signer).approve(staking, parseEther("4000"));
      await staking.connect(signer).stake(provider, parseEther("4000"));
      const consent = await chain.signConsent(operator, provider);
      await registry
        .connect(signer)
        .addNode(provider, operator, consent, 8, packed, "", "http://node", stablecoin, 1_000);
      await registry.connect(operator).attend();
    }
    const expiresAt = BigInt(genesis) + 3n * 1_000n - 1n; // the last second of this epoch
    await registry.connect(attester).attest(1, GPUS, 2, expiresAt, 1);
    // Another's word is not asked for, nor is too little.
    await registry.connect(stranger).attest(2, GPUS, 8, expiresAt, 1);
    await registry.connect(attester).attest(2, GPUS, 1, expiresAt, 1);

    const terms = {
      paymentToken: stablecoin.target,
      moduleDigest: ethers.id("module"),
      functionCommitment: ethers.ZeroHash,
      ...{ unitsPerWorker: 1, minWorkers: 1, targetWorkers: 2, maxWorkers: 2, maxWorkersPerProvider: 1 },
      ...{ priceLimit: 1_000, minimumAsk: 0, priceToleranceBps: 0, tipPerWorker: 0, endEpoch: 0 },
      ...{ openToAll: true, permissionIssuer: ethers.ZeroAddress, listMode: 0, providers: [] },
      constraints: [{ ...ATTESTED, attester: attester.address }],
    };
    await stablecoin.mint(owner, 100_000);
    await stablecoin.connect(owner).approve(deals, 100_000);
    const candidates = [1n, 2n].map((node) => ({ node, maxAsk: 1_000 }));
    await deals.connect(owner).createDealAndMatch(terms, 10_000, candidates);
    const working = async (deal: bigint) =>
      await Promise.all([1n, 2n].map(async (node) => (await deals.getWorker(deal, node)).firstEpoch !== 0n));
    expect(await working(1n)).to.deep.equal([true, false]);
    const refusals = async (deal: bigint) => [...(await deals.eligibility(deal, terms, [1, 2])).refusals];

    await deals.connect(owner).createDeal(terms, 10_000);
    expect(await refusals(2n)).to.deep.equal([NONE, UNMET]);
    await registry.connect(attester).revokeAttestation(1, GPUS);
    expect(await refusals(2n), "revoked").to.deep.equal([UNMET, UNMET]);
    await expect(deals.matchDeal(2n, terms, candidates)).to.be.revertedWithCustomError(
      deals,
      "DealsNothingMatched",
    );
    await registry.connect(attester).attest(1, GPUS, 2, expiresAt, 1);
    expect(await refusals(2n)).to.deep.equal([NONE, UNMET]);
    await connection.networkHelpers.time.increaseTo(expiresAt);
    expect(await refusals(2n), "expired").to.deep.equal([UNMET, UNMET]);
    // The worker that was taken stays: an attestation counts at the match alone.
    expect((await deals.getDeal(1n)).deal.workers).to.equal(1n);
    await connection.close();
  });
});
