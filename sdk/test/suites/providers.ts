import { expect } from "chai";
import { parseEther } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import {
  addNode,
  attendAll,
  attest,
  cancelPayoutChange,
  epochAt,
  findProvider,
  readAttribute,
  readNodeAttributes,
  readProvider,
  registerProvider,
  requestPayoutChange,
  requestThaw,
  retireNode,
  revokeAttestation,
  setAttributes,
  setOffer,
  signAttendance,
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

  it("behavior: attributes and attestations of a node that has no worker", async () => {
    const { network, developer } = setting();
    const owner = await network.connectAs(7);
    const { provider } = await registerProvider(owner);
    const operator = privateKeyToAccount(generatePrivateKey());
    const attributes = {
      regionGroup: 4,
      country: 0,
      hardwareClass: 1,
      cores: 4,
      memoryGiB: 8,
      bandwidthMbps: 1,
    };
    const { node } = await addNode(owner, {
      provider,
      operator,
      units: 1,
      endpoint: "http://127.0.0.1:1",
      attributes,
    });
    const attester = developer.account?.address ?? "0x";
    const attribute = "gpu.memory-GiB";
    const expiresAt = 2n ** 64n - 1n;
    await setAttributes(owner, { node, attributes: { [attribute]: 24n } });
    expect(await readAttribute(developer, { node, attribute })).to.equal(24n);
    expect(await readAttribute(developer, { node, attribute: "memoryGiB" })).to.equal(8n);
    const outdated = { node, attribute, value: 16n, expiresAt, revision: 1 };
    expect((await failureOf(() => attest(developer, outdated))).shortMessage).to.equal(
      `Node ${node} was changed by its owner since: it is at revision 2, not 1.`,
    );
    await attest(developer, { ...outdated, revision: 2 });
    expect(await readAttribute(owner, { node, attribute, attester })).to.equal(16n);
    const seen = await readNodeAttributes(developer, node);
    expect(seen).to.include({ provider, units: 1, retired: false, revision: 2 });
    expect([...seen.further]).to.deep.equal([[attribute, 24n]]);
    const said = { attribute, attester, value: 16n, expiresAt };
    expect(seen.attestations).to.deep.equal([{ ...said, holds: true }]);
    await setAttributes(owner, { node, attributes: { [attribute]: 0n, other: 1n } });
    const changed = await readNodeAttributes(developer, node);
    expect([...changed.further]).to.deep.equal([["other", 1n]]);
    expect(changed.attestations).to.deep.equal([{ ...said, holds: false }]);
    await revokeAttestation(developer, { node, attribute });
    expect(await readAttribute(owner, { node, attribute, attester })).to.equal(0n);
    expect((await failureOf(() => revokeAttestation(developer, { node, attribute }))).code).to.equal(
      "registry-attestation-unknown",
    );
    expect((await readNodeAttributes(developer, node)).attestations).to.deep.equal([]);
    const clash = () => setAttributes(owner, { node, attributes: { cores: 4n } });
    expect((await failureOf(clash)).code).to.equal("registry-attribute-invalid");
    await retireNode(owner, { node });
  });

  it("behavior: operators' signatures are brought to the chain together; one that fails stops none", async () => {
    const { network, developer, second } = setting();
    await network.nextEpoch();
    const { deployment } = network;
    const block = await developer.publicClient.getBlock();
    const epoch = epochAt(deployment, Number(block.timestamp));
    const operator = second.operator.account;
    if (operator === undefined) throw new Error("no operator");
    const there = await signAttendance({ deployment, operator, node: second.node, epoch });
    const gone = await signAttendance({ deployment, operator, node: second.node, epoch: epoch - 1 });
    // More than one transaction takes.
    const items = [...Array.from({ length: 120 }, () => gone), there, there];
    const { attended, skipped, receipts } = await attendAll(developer, { epoch, items });
    expect(attended).to.deep.equal([second.node]);
    expect(skipped.length).to.equal(121);
    expect(skipped.at(0)).to.deep.equal({ node: second.node, refusal: "operatorNotInForce" });
    expect(skipped.at(-1)).to.deep.equal({ node: second.node, refusal: "alreadyAttended" });
    expect(receipts.length).to.equal(2);
    const late = () => attendAll(developer, { epoch: epoch - 1, items: [gone] });
    expect((await failureOf(late)).code).to.equal("registry-epoch-not-present");
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
    expect((await addNode(owner, { ...plan, operator: honest })).node).to.be.greaterThan(2);
  });
}
