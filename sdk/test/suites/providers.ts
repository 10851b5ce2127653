import { expect } from "chai";
import { parseEther } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import {
  addNode,
  cancelPayoutChange,
  findProvider,
  readProvider,
  registerProvider,
  requestPayoutChange,
  requestThaw,
  setOffer,
  stake,
  withdrawThawed,
  type Chain,
} from "@millrace/sdk";
import { failureOf } from "../support/errors.ts";
import type { addProviderNode, TestNetwork } from "../support/network.ts";

interface Setting {
  network: TestNetwork;
  developer: Chain;
  second: Awaited<ReturnType<typeof addProviderNode>>;
}

/** What a provider does with stake, offers, payout and nodes; on the chain of whoever calls it. */
export function testProviders(setting: () => Setting): void {
  it("behavior: stake, offers, payout and thaw of a provider", async () => {
    const { network, developer, second } = setting();
    const { owner, provider, node } = second;
    expect(await findProvider(developer, owner.account?.address ?? "0x")).to.equal(provider);
    const before = (await readProvider(developer, provider)).stake.free;
    await stake(owner, { provider, amount: parseEther("10") });
    expect((await readProvider(developer, provider)).stake.free).to.equal(before + parseEther("10"));
    const { thaw } = await requestThaw(owner, { provider, amount: parseEther("10") });
    expect((await failureOf(() => withdrawThawed(owner, { provider, thaw }))).code).to.equal(
      "staking-thaw-not-ready",
    );
    await network.nextEpoch();
    expect((await withdrawThawed(owner, { provider, thaw })).amount).to.equal(parseEther("10"));
    const tooMuch = () => requestThaw(owner, { provider, amount: parseEther("99999") });
    expect((await failureOf(tooMuch)).nextStep).to.match(/^Stake more: millrace provider stake \d+$/);

    await setOffer(owner, { node, token: network.token, askPerUnitEpoch: 1n, on: false });
    await setOffer(owner, { node, token: network.token, askPerUnitEpoch: 1500n, on: true });
    await requestPayoutChange(owner, { provider, payout: network.token });
    expect((await readProvider(developer, provider)).pendingPayout).to.equal(network.token);
    await cancelPayoutChange(owner, { provider });
    expect((await failureOf(() => cancelPayoutChange(owner, { provider }))).code).to.equal(
      "registry-no-payout-change",
    );
    const stranger = await network.connectAs(9);
    expect(
      (
        await failureOf(() =>
          setOffer(stranger, { node, token: network.token, askPerUnitEpoch: 1n, on: true }),
        )
      ).code,
    ).to.equal("registry-unauthorized");
  });

  it("error: registry-operator-used and registry-operator-signature-invalid", async () => {
    const { network, second } = setting();
    const owner = await network.connectAs(8);
    const { provider } = await registerProvider(owner);
    const plan = {
      provider,
      units: 1,
      endpoint: "http://127.0.0.1:1",
      attributes: { regionGroup: 4, country: 0, hardwareClass: 1, cores: 1, memoryGiB: 1, bandwidthMbps: 1 },
    };
    const operator = second.operator.account;
    if (operator === undefined) throw new Error("no operator");
    expect((await failureOf(() => addNode(owner, { ...plan, operator }))).code).to.equal(
      "registry-operator-used",
    );
    const honest = privateKeyToAccount(generatePrivateKey());
    const liar = { ...privateKeyToAccount(generatePrivateKey()), address: honest.address };
    expect((await failureOf(() => addNode(owner, { ...plan, operator: liar }))).code).to.equal(
      "registry-operator-signature-invalid",
    );
    expect((await addNode(owner, { ...plan, operator: honest })).node).to.equal(3);
  });
}
