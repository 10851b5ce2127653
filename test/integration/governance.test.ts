import { expect } from "chai";
import { type AddressLike, id, parseEther } from "ethers";
import { setUp } from "./setUp.ts";

const FOR = 1n;

describe("governance", () => {
  it("default: what stands there after a deployment is governed by its token holders alone", async () => {
    const chain = await setUp();
    const { governor, mill, parameters, staking, votingPower, timelock, connection, settings } = chain;
    const { ethers, networkHelpers } = connection;
    const [deployer, , , holder, provider] = await ethers.getSigners();
    if (deployer === undefined || holder === undefined || provider === undefined)
      throw new Error("no accounts");

    // ---- MILL and stake vote ----
    await chain.registry.connect(provider).registerProvider(ethers.ZeroHash, provider);
    await mill.connect(provider).approve(staking, parseEther("10000000"));
    await staking.connect(provider).stake(1n, parseEther("10000000"));
    await staking.connect(provider).delegate(provider);
    await mill.connect(holder).delegate(holder);
    expect(await votingPower.getVotes(holder)).to.equal(parseEther("50000000"));
    expect(await votingPower.getVotes(provider)).to.equal(parseEther("10000000"));
    await networkHelpers.time.increase(1);

    // ---- an idea becomes a parameter ----
    const call = parameters.interface.encodeFunctionData("setStakePerUnit", [parseEther("250")]);
    const proposal: [AddressLike[], bigint[], string[]] = [[parameters.target], [0n], [call]];
    await governor.connect(holder).propose(...proposal, "Ask for more stake");
    const { votingDelaySeconds, votingPeriodSeconds, timelockDelaySeconds } = settings.governance;
    await networkHelpers.time.increase(votingDelaySeconds + 1);
    await governor.connect(holder).castVote(1n, FOR);
    await governor.connect(provider).castVote(1n, FOR);
    expect(await governor.proposalVotes(1n)).to.deep.equal([0n, parseEther("60000000"), 0n]);
    // 4 % of the 500,000,000 MILL outside the treasury
    expect(await governor.quorum(await governor.proposalSnapshot(1n))).to.equal(parseEther("20000000"));
    await networkHelpers.time.increase(votingPeriodSeconds + 1);
    await governor.connect(deployer).queue(...proposal, id("Ask for more stake"));
    await networkHelpers.time.increase(timelockDelaySeconds);
    await governor.connect(deployer).execute(...proposal, id("Ask for more stake"));
    expect((await parameters.values()).stakePerUnit).to.equal(parseEther("250"));

    // ---- the deployer can do none of it ----
    await expect(timelock.connect(deployer).bind(deployer)).to.be.revertedWithCustomError(
      timelock,
      "TimelockAlreadyBound",
    );
    await expect(parameters.connect(deployer).setStakePerUnit(1n)).to.be.revertedWithCustomError(
      parameters,
      "ParameterUnauthorized",
    );
    await connection.close();
  });
});
