import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/types";
import { expect } from "chai";
import { encodeBytes32String, parseEther, sha256, toUtf8Bytes, zeroPadValue } from "ethers";
import type { IDeals } from "../../types/ethers-contracts/deals/IDealsAll.js";
import { setUp } from "./setUp.ts";

const UNITS = 2n;
const STAKE = parseEther("1000");
/** 2 units at 200 MILL. */
const LOCK = parseEther("400");
const DEPOSIT = 50_000n;
const MAX_EPOCH = 2n ** 32n - 1n;
const NODES = { cheap: 1n, middle: 2n, dear: 3n } as const;
/** Per unit and epoch. */
const ASKS = { cheap: 1_000n, middle: 1_100n, dear: 1_200n } as const;

/**
 * One deal from its creation to the last penny. Prices per epoch: cheap 2000, middle 2200, dear 2400; the fee is 1 %.
 *
 * | epoch | 2 | 3 | 4 | 5 | 6 | 7 |
 * |---|---|---|---|---|---|---|
 * | cheap | matched | attends | attends | attends, resigns | attends | attends, ended |
 * | middle | matched | attends | misses | misses | evicted | |
 * | dear | | | | | matched | attends, deal stopped |
 */
describe("the whole path", () => {
  it("leaves everybody with exactly what is theirs", async () => {
    const chain = await setUp();
    const { mill, stablecoin, registry, staking, deals, timelock, connection, toEpoch } = chain;
    const { ethers } = connection;
    const [deployer, owner, caller, ...others] = await ethers.getSigners();
    if (deployer === undefined || owner === undefined || caller === undefined) throw new Error("no accounts");
    const account = (index: number): HardhatEthersSigner => {
      const found = others[index];
      if (found === undefined) throw new Error(`no account ${index}`);
      return found;
    };
    const operators = { cheap: account(3), middle: account(4), dear: account(5) };
    const payouts = { cheap: account(6), middle: account(7), dear: account(8) };

    // ---- providers register, stake and add a node each ----
    const names = ["cheap", "middle", "dear"] as const;
    for (const [index, name] of names.entries()) {
      const provider = BigInt(index + 1);
      const signer = account(index);
      await expect(registry.connect(signer).registerProvider(ethers.ZeroHash, payouts[name]))
        .to.emit(registry, "ProviderRegistered")
        .withArgs(provider, signer, payouts[name], ethers.ZeroHash);
      const permit = await chain.signPermit(mill, signer, staking.target, STAKE);
      await expect(staking.connect(signer).stakeWithPermit(provider, STAKE, ...permit))
        .to.emit(staking, "Staked")
        .withArgs(provider, signer, STAKE);
      const consent = await chain.signConsent(operators[name], provider);
      const attributes = {
        regionGroup: 4,
        country: 0x4445,
        hardwareClass: 3,
        cores: 8,
        memoryGiB: 16,
        bandwidthMbps: 500,
      };
      await registry
        .connect(signer)
        .addNode(
          provider,
          operators[name],
          consent,
          8,
          attributes,
          "",
          `http://${name}`,
          stablecoin,
          ASKS[name],
        );
    }
    const attend = async (...attending: (typeof names)[number][]): Promise<void> => {
      for (const name of attending) await registry.connect(operators[name]).attend();
    };

    // ---- a deal by permit ----
    await toEpoch(2n);
    await attend(...names);
    const terms: IDeals.TermsStruct = {
      paymentToken: stablecoin.target,
      moduleDigest: sha256(toUtf8Bytes("module")),
      functionCommitment: ethers.ZeroHash,
      unitsPerWorker: UNITS,
      minWorkers: 1,
      targetWorkers: 2,
      maxWorkers: 4,
      maxWorkersPerProvider: 1,
      priceLimit: 1_500,
      minimumAsk: 1,
      priceToleranceBps: 0,
      tipPerWorker: 0,
      endEpoch: 0,
      openToAll: true,
      permissionIssuer: ethers.ZeroAddress,
      constraints: [
        { attribute: zeroPadValue("0x01", 32), operator: 0, value: 0x4445, attester: ethers.ZeroAddress },
      ],
      listMode: 0,
      providers: [],
    };
    await stablecoin.mint(owner, DEPOSIT);
    const quote = await deals.quote(terms, DEPOSIT);
    expect(quote.minimumDeposit).to.equal(2n * 2n * UNITS * 1_500n);
    const permit = await chain.signPermit(stablecoin, owner, deals.target, DEPOSIT);
    await expect(deals.connect(owner).createDealWithPermit(terms, DEPOSIT, ...permit)).to.emit(
      deals,
      "DealCreated",
    );
    const deal = 1n;
    const state = async () => await deals.getDeal(deal);
    expect((await state()).status).to.equal(1n);
    const candidates = (...chosen: (typeof names)[number][]) =>
      chosen.map((name) => ({ node: NODES[name], maxAsk: ASKS[name] }));
    expect(await deals.matchDeal.staticCall(deal, terms, candidates(...names))).to.deep.equal([0n, 0n, 15n]);
    await deals.connect(caller).matchDeal(deal, terms, candidates(...names));
    expect((await state()).status).to.equal(2n);
    expect((await state()).deal.ratePerEpoch).to.equal(UNITS * (ASKS.cheap + ASKS.middle));
    expect(await staking.freeStake(1n)).to.equal(STAKE - LOCK);
    expect((await registry.getNode(NODES.cheap)).unitsInUse).to.equal(UNITS);

    // ---- epochs pass; one worker stays away ----
    await toEpoch(3n);
    await attend("cheap", "middle");
    await toEpoch(4n);
    await attend("cheap", "dear");
    await toEpoch(5n);
    await attend("cheap");
    const claim = deals.connect(payouts.cheap).claim(deal, NODES.cheap, MAX_EPOCH, caller);
    await expect(claim).to.changeTokenBalances(ethers, stablecoin, [deals, caller], [-3_960n, 3_960n]);
    await deals.connect(caller).settleWorker(deal, NODES.middle, MAX_EPOCH);
    expect(await deals.earnings(payouts.middle, stablecoin)).to.equal(2_178n);
    expect(await deals.refunds(owner, stablecoin)).to.equal(2_200n);
    await expect(deals.connect(owner).withdrawRefund(stablecoin, owner)).to.changeTokenBalance(
      ethers,
      stablecoin,
      owner,
      2_200n,
    );
    await deals.connect(account(0)).resign(deal, NODES.cheap);

    // ---- eviction, and another node in its place ----
    await toEpoch(6n);
    await attend("cheap", "dear");
    const supply = await mill.totalSupply();
    await expect(deals.connect(caller).evict(deal, NODES.middle))
      .to.emit(deals, "WorkerEnded")
      .withArgs(deal, NODES.middle, 4n, 6n);
    expect((await staking.getSlash(1n)).amount).to.equal(parseEther("4"));
    expect(await mill.totalSupply()).to.equal(supply);
    expect(await deals.isBarred(deal, 2n)).to.equal(true);
    await deals.connect(caller).matchDeal(deal, terms, candidates("dear"));

    // ---- the resigned worker goes, the owner stops the deal ----
    await toEpoch(7n);
    await attend("cheap", "dear");
    await expect(deals.connect(caller).endWorker(deal, NODES.cheap))
      .to.emit(deals, "WorkerEnded")
      .withArgs(deal, NODES.cheap, 2n, 7n);
    await expect(deals.connect(owner).stop(deal)).to.emit(deals, "DealEnded").withArgs(deal, 7n, false);

    // ---- everybody takes what is theirs ----
    await toEpoch(8n);
    for (const name of names) await deals.connect(caller).release(deal, NODES[name]);
    // cheap: epochs 5, 6, 7; middle: nothing more; dear: epoch 7
    expect(await deals.earnings(payouts.cheap, stablecoin)).to.equal(3n * 1_980n);
    expect(await deals.earnings(payouts.middle, stablecoin)).to.equal(2_178n);
    expect(await deals.earnings(payouts.dear, stablecoin)).to.equal(2_376n);
    expect(await deals.refunds(owner, stablecoin)).to.equal(2n * 2_200n);
    for (const name of names) await deals.connect(payouts[name]).withdrawEarnings(stablecoin, payouts[name]);
    await deals.connect(owner).withdrawRefund(stablecoin, owner);
    const fees = 5n * 20n + 22n + 24n;
    await expect(deals.connect(caller).collectFees(stablecoin)).to.changeTokenBalance(
      ethers,
      stablecoin,
      timelock,
      fees,
    );
    const rest = DEPOSIT - 4n * 4_200n - 4_400n;
    expect((await state()).withdrawable).to.equal(rest);
    await deals.connect(owner).withdraw(deal, rest, owner);

    expect(await stablecoin.balanceOf(deals)).to.equal(0n);
    expect(await stablecoin.balanceOf(owner)).to.equal(rest + 3n * 2_200n);
    for (const name of names) expect((await registry.getNode(NODES[name])).unitsInUse).to.equal(0n);

    // ---- the slash, which nobody vetoed: 40 % to the deal's owner, 10 % to who evicted, the rest is burned ----
    await staking.connect(account(0)).executeSlash(1n);
    expect(await mill.totalSupply()).to.equal(supply - parseEther("2"));
    await expect(staking.connect(owner).withdrawShares(owner)).to.changeTokenBalance(
      ethers,
      mill,
      owner,
      parseEther("1.6"),
    );
    await expect(staking.connect(caller).withdrawShares(caller)).to.changeTokenBalance(
      ethers,
      mill,
      caller,
      parseEther("0.4"),
    );

    // ---- and the stake ----
    expect(await staking.getStake(1n)).to.deep.equal([STAKE, 0n, 0n, 0n, ethers.ZeroAddress]);
    expect(await staking.getStake(2n)).to.deep.equal([
      STAKE - parseEther("4"),
      0n,
      0n,
      0n,
      ethers.ZeroAddress,
    ]);
    expect(await mill.balanceOf(staking)).to.equal(3n * STAKE - parseEther("4"));
    await staking.connect(account(0)).requestThaw(1n, STAKE);
    await expect(
      staking.connect(account(0)).withdrawThawed(1n, 1n, account(0)),
    ).to.be.revertedWithCustomError(staking, "StakingThawNotReady");
    await connection.networkHelpers.time.increase(60);
    await expect(staking.connect(account(0)).withdrawThawed(1n, 1n, account(0))).to.changeTokenBalance(
      ethers,
      mill,
      account(0),
      STAKE,
    );
    await connection.close();
  });
});
