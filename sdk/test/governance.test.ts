import { expect } from "chai";
import { getAddress, parseEther, parseUnits, zeroAddress } from "viem";
import {
  cancelProposal,
  castVote,
  delegate,
  describeAction,
  executeProposal,
  formatParameter,
  listProposals,
  parameterNames,
  parseParameter,
  pauseEntry,
  payCoinAction,
  payTokenAction,
  propose,
  queueProposal,
  readBalance,
  readParameters,
  readProposal,
  readTreasury,
  readVotes,
  registerProvider,
  resumeEntry,
  resumeEntryAction,
  sendCoin,
  setGuardianAction,
  setParameterAction,
  simulateProposal,
  stake,
  type Chain,
  type ProposalAction,
} from "@millrace/sdk";
import { failureOf } from "./support/errors.ts";
import { startNetwork, type TestNetwork } from "./support/network.ts";

const stranger = getAddress(`0x${"5e".repeat(20)}`);

describe("governance, on a real chain", function () {
  this.timeout(120_000);
  let network: TestNetwork;
  let holder: Chain;
  let provider: Chain;
  let guardian: Chain;

  /** Lets the chain's clock run. */
  const skip = async (seconds: number) => {
    await network.client.increaseTime({ seconds });
    await network.client.mine({ blocks: 1 });
  };
  const stakePerUnit = (mill: string) =>
    setParameterAction(network.deployment, { name: "stakePerUnit", value: parseEther(mill) });
  const describe_ = async (action: ProposalAction) =>
    describeAction(network.deployment, action, await readParameters(holder)).sentence;
  const addressOf = ({ account }: Chain) => account?.address ?? zeroAddress;

  before(async () => {
    network = await startNetwork();
    holder = await network.connectAs(9);
    provider = await network.connectAs(3);
    guardian = await network.connectAs(10);
  });
  after(() => network.stop());

  it("default: MILL and stake are delegated in one call, and what is so already is not sent again", async () => {
    const { provider: id } = await registerProvider(provider);
    await stake(provider, { provider: id, amount: parseEther("1000") });
    expect(await readVotes(holder, addressOf(provider))).to.deep.include({
      total: 0n,
      held: parseEther("49999000"),
      provider: id,
      millDelegate: undefined,
      stakeDelegate: undefined,
    });
    const both = await delegate(provider, { to: addressOf(holder) });
    expect([both.mill?.status, both.stake?.status]).to.deep.equal(["success", "success"]);
    const again = await delegate(provider, { to: addressOf(holder) });
    expect([again.mill, again.stake]).to.deep.equal([undefined, undefined]);
    expect((await delegate(holder)).stake).to.equal(undefined);
    expect(await readVotes(holder, addressOf(holder))).to.deep.include({
      total: parseEther("100000000"),
      ofStake: parseEther("1000"),
      millDelegate: addressOf(holder),
    });
  });

  it("default: a proposal goes from idea to parameter, and tells where it stands", async () => {
    await skip(1);
    const { proposal } = await propose(holder, {
      actions: [stakePerUnit("250")],
      title: "Ask for more stake",
      body: "Nodes became cheaper.\nStake did not.",
    });
    const fresh = await readProposal(holder, proposal);
    expect(fresh).to.deep.include({
      id: 1n,
      state: "pending",
      proposer: addressOf(holder),
      title: "Ask for more stake",
      body: "Nodes became cheaper.\nStake did not.",
      // 4 % of the 500,000,000 MILL outside the treasury
      quorum: parseEther("20000000"),
      executableAt: undefined,
    });
    expect((await failureOf(() => castVote(holder, { proposal, choice: "for" }))).shortMessage).to.equal(
      "Proposal 1 is pending, and must be active for this.",
    );
    await skip(6);
    expect((await castVote(holder, { proposal, choice: "for", reason: "yes" })).votes).to.equal(
      parseEther("100000000"),
    );
    const twice = await failureOf(() => castVote(holder, { proposal, choice: "against" }));
    expect(twice.code).to.equal("governor-already-cast-vote");
    const late = await failureOf(() => castVote(guardian, { proposal, choice: "for" }));
    expect(late).to.include({
      code: "votes-missing",
      nextStep: "Delegate now, for the next proposal: millrace dao delegate",
    });
    const early = await failureOf(() => queueProposal(holder, { proposal }));
    expect(early.shortMessage).to.equal("Proposal 1 is active, and must be succeeded for this.");
    await skip(26);
    await queueProposal(provider, { proposal });
    const queued = await readProposal(holder, proposal);
    expect(queued.state).to.equal("queued");
    expect(queued.votes).to.deep.equal({ for: parseEther("100000000"), against: 0n, abstain: 0n });
    const tooEarly = await failureOf(() => executeProposal(provider, { proposal }));
    expect(tooEarly.code).to.equal("timelock-unexpected-operation-state");
    await skip(6);
    await executeProposal(provider, { proposal });
    expect((await readProposal(holder, proposal)).state).to.equal("executed");
    expect((await readParameters(holder)).values.stakePerUnit).to.equal(parseEther("250"));
  });

  it("default: the guardian closes the entry once, and everybody reads until when", async () => {
    const { until } = await pauseEntry(guardian, { seconds: 3600 });
    const state = await readParameters(holder);
    expect(state.entryPausedUntil).to.equal(until);
    expect(state.guardian).to.include({ address: addressOf(guardian), pauseUsed: true });
    const refused = await failureOf(() => registerProvider(holder));
    expect(refused.code).to.equal("registry-entry-paused");
    expect(refused.shortMessage).to.include("Leaving is never paused.");
    await resumeEntry(guardian);
    expect((await readParameters(holder)).entryPausedUntil).to.equal(undefined);
    expect((await failureOf(() => pauseEntry(guardian, { seconds: 1 }))).code).to.equal(
      "parameter-pause-used",
    );
    expect((await failureOf(() => pauseEntry(holder, { seconds: 1 }))).code).to.equal(
      "parameter-guardian-unauthorized",
    );
    expect((await failureOf(() => resumeEntry(guardian))).code).to.equal("parameter-entry-not-paused");
  });

  it("default: what an action does is known before the vote, one by one", async () => {
    const { token } = network;
    const mill = network.deployment.contracts.mill;
    const actions = [
      stakePerUnit("300"),
      setParameterAction(network.deployment, { name: "protocolFeeBps", value: 900n }),
      payTokenAction({ token, to: stranger, amount: parseUnits("100", 6) }),
      payTokenAction({ token: mill, to: stranger, amount: parseEther("7") }),
      payCoinAction({ to: stranger, amount: parseEther("1") }),
    ];
    const simulated = await simulateProposal(holder, actions);
    expect(simulated.map(({ error }) => error?.code)).to.deep.equal([
      undefined,
      "parameter-out-of-bounds",
      "erc20-insufficient-balance",
      undefined,
      "treasury-ether-short",
    ]);
    await sendCoin(holder, { to: network.deployment.contracts.timelock, amount: parseEther("1") });
    const treasury = await readTreasury(holder);
    expect(treasury).to.deep.include({ ether: parseEther("1"), mill: parseEther("500000000") });
    expect((await simulateProposal(holder, actions.slice(4)))[0]?.error).to.equal(undefined);
  });

  it("default: a payment out of the treasury, taken back before the vote and decided when proposed anew", async () => {
    const pay = payTokenAction({
      token: network.deployment.contracts.mill,
      to: stranger,
      amount: parseEther("7"),
    });
    const first = await propose(holder, { actions: [pay], title: "Pay 7" });
    expect((await failureOf(() => cancelProposal(provider, first))).code).to.equal(
      "governor-unable-to-cancel",
    );
    await cancelProposal(holder, first);
    const { proposal } = await propose(holder, { actions: [pay, pay], title: "Pay 14" });
    await skip(6);
    await castVote(holder, { proposal, choice: "for" });
    await skip(26);
    await queueProposal(holder, { proposal });
    await skip(6);
    await executeProposal(holder, { proposal });
    expect(
      await readBalance(holder, { token: network.deployment.contracts.mill, account: stranger }),
    ).to.equal(parseEther("14"));
    const all = await listProposals(holder);
    expect(all.map(({ id, title, state }) => [id, title, state])).to.deep.equal([
      [3n, "Pay 14", "executed"],
      [2n, "Pay 7", "cancelled"],
      [1n, "Ask for more stake", "executed"],
    ]);
  });

  it("behavior: says actions as sentences, and the unknown as it is", async () => {
    const { contracts } = network.deployment;
    const { token } = network;
    const set = (name: (typeof parameterNames)[number], value: bigint) =>
      describe_(setParameterAction(network.deployment, { name, value }));
    expect(await set("stakePerUnit", parseEther("200"))).to.equal(
      "lower stakePerUnit from 250 MILL to 200 MILL",
    );
    expect(await set("protocolFeeBps", 150n)).to.equal("raise protocolFeeBps from 1 % to 1.5 %");
    expect(await set("thawPeriod", 60n)).to.equal("set thawPeriod to 60 s, as it is now");
    expect(await set("votingPeriod", 30n)).to.equal("raise votingPeriod from 25 s to 30 s");
    expect(await set("quorumPercent", 3n)).to.equal("lower quorumPercent from 4 % to 3 %");
    expect(await set("timelockDelay", 6n)).to.equal("raise timelockDelay from 5 s to 6 s");
    expect(await describe_(payTokenAction({ token, to: stranger, amount: 100_500_000n }))).to.equal(
      `send 100.5 tUSD from the treasury to ${stranger}`,
    );
    expect(await describe_(payCoinAction({ to: stranger, amount: parseEther("0.5") }))).to.equal(
      `send 0.5 ETH from the treasury to ${stranger}`,
    );
    expect(await describe_(setGuardianAction(network.deployment, addressOf(guardian)))).to.equal(
      `renew the guardian ${addressOf(guardian)} for a year, with a pause to use`,
    );
    expect(await describe_(setGuardianAction(network.deployment, stranger))).to.equal(
      `appoint ${stranger} as guardian for a year instead of ${addressOf(guardian)}`,
    );
    expect(await describe_(setGuardianAction(network.deployment, zeroAddress))).to.equal(
      "leave the protocol without a guardian",
    );
    expect(await describe_(resumeEntryAction(network.deployment))).to.equal("open the entry again");
    const collect = { target: contracts.deals, value: 0n, data: `0xa480ca79${"0".repeat(64)}` } as const;
    expect(await describe_(collect)).to.match(/^call collectFees\(0x0{40}\) of deals$/);
    expect(await describe_({ target: stranger, value: 1n, data: "0xdeadbeef0102" })).to.equal(
      `call ${stranger} and 0.000000000000000001 ETH with selector 0xdeadbeef, data 0x0102 (not a call that Millrace knows)`,
    );
    expect(await describe_({ target: contracts.deals, value: 0n, data: "0xdeadbeef" })).to.equal(
      `call ${contracts.deals} with selector 0xdeadbeef, data none (not a call that Millrace knows)`,
    );
  });

  it("behavior: reads and writes values in the parameter's own unit", () => {
    expect(parseParameter("stakePerUnit", "0.5")).to.equal(parseEther("0.5"));
    expect(formatParameter("minFundedEpochs", 1n)).to.equal("1 epoch");
    for (const name of parameterNames) expect(parseParameter(name, "7")).to.be.a("bigint");
  });

  it("error: proposal-empty, governor-insufficient-proposer-votes, governor-nonexistent-proposal, parameter-value-invalid", async () => {
    expect((await failureOf(() => propose(holder, { actions: [], title: "Nothing" }))).code).to.equal(
      "proposal-empty",
    );
    const poor = () => propose(guardian, { actions: [stakePerUnit("1")], title: "Cheap" });
    expect(await failureOf(poor)).to.include({
      code: "governor-insufficient-proposer-votes",
      nextStep: "MILL votes once it is delegated: millrace dao delegate",
    });
    expect((await failureOf(() => queueProposal(holder, { proposal: 99n }))).code).to.equal(
      "governor-nonexistent-proposal",
    );
    expect((await failureOf(() => Promise.resolve(parseParameter("thawPeriod", "1.5")))).code).to.equal(
      "parameter-value-invalid",
    );
  });
});
