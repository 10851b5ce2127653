import { registryAbi } from "@millrace/sdk";
import { expect } from "chai";
import { encodeAbiParameters, encodeEventTopics, keccak256, toHex, type Hex } from "viem";
import { bloomMayHold } from "../../src/chain/bloom.ts";
import { argsFromJson, argsToJson, decodeLog } from "../../src/chain/events.ts";
import { testDeployment } from "../store/deployment.ts";

const attributes = {
  regionGroup: 7,
  country: 65_535,
  hardwareClass: 4,
  cores: 1,
  memoryGiB: 2,
  bandwidthMbps: 4_294_967_295,
};
const definition = registryAbi.find((item) => item.type === "event" && item.name === "NodeAdded");

function nodeAdded(address: string, endpoint: string) {
  if (definition?.name !== "NodeAdded") throw new Error("The ABI has no NodeAdded");
  const operator = `0x${"Ab".repeat(20)}` as const;
  const topics = encodeEventTopics({
    abi: registryAbi,
    eventName: "NodeAdded",
    args: { node: 4, provider: 5, operator: operator.toLowerCase() as Hex },
  }) as Hex[];
  const unindexed = definition.inputs.filter((input) => !("indexed" in input && input.indexed));
  const data = encodeAbiParameters(unindexed as never, [8, attributes, "", endpoint] as never);
  return { address, topics, data };
}

describe("decodeLog", () => {
  const { registry, staking } = testDeployment.contracts;

  it("default: decodes by the contract's ABI, and through JSON and back nothing changes", () => {
    const event = decodeLog(
      testDeployment,
      nodeAdded(registry.toUpperCase().replace("0X", "0x"), "https://a"),
    );
    expect(event).to.include({ contract: "registry", name: "NodeAdded" });
    expect(event?.args).to.deep.include({
      node: 4,
      provider: 5,
      units: 8,
      attributes,
      endpoint: "https://a",
    });
    const json = argsToJson(event?.args ?? {});
    expect(json).to.deep.include({ node: "4", units: "8" });
    expect(argsFromJson("NodeAdded", JSON.parse(JSON.stringify(json)) as object)).to.deep.equal(event?.args);
  });

  it("behavior: PostgreSQL can hold whatever a provider writes", () => {
    const event = decodeLog(testDeployment, nodeAdded(registry, "a\0b"));
    expect(JSON.stringify(argsToJson(event?.args ?? {})))
      .to.contain("a\uFFFDb")
      .and.not.to.contain("\\u0000");
  });

  it("behavior: leaves other contracts' logs and other events alone", () => {
    expect(decodeLog(testDeployment, nodeAdded(`0x${"99".repeat(20)}`, ""))).to.equal(undefined);
    const unknown = { address: staking, topics: [keccak256(toHex("Transfer()"))], data: "0x" as Hex };
    expect(decodeLog(testDeployment, unknown)).to.equal(undefined);
    expect(decodeLog(testDeployment, { ...unknown, topics: [] })).to.equal(undefined);
  });
});

describe("bloomMayHold", () => {
  const address = "0x22341ae42d6dd7384bc8584e50419ea3ac75b83f";
  const bits = [0, 2, 4].map((at) => {
    const hash = keccak256(address);
    return Number.parseInt(hash.slice(2 + at * 2, 6 + at * 2), 16) & 2_047;
  });
  const bloomOf = (set: number[]): Hex =>
    toHex(
      set.reduce((all, bit) => all | (1n << BigInt(bit)), 0n),
      { size: 256 },
    );

  it("default: yes with all three bits, no without one of them", () => {
    expect(bloomMayHold(bloomOf(bits), address)).to.equal(true);
    for (const missing of new Set(bits))
      expect(bloomMayHold(bloomOf(bits.filter((bit) => bit !== missing)), address)).to.equal(false);
    expect(bloomMayHold(bloomOf([]), address)).to.equal(false);
  });
});
