import { expect } from "chai";
import fc from "fast-check";
import Value from "typebox/value";
import { stringToHex } from "viem";
import {
  attributeId,
  attributeName,
  attributeNames,
  attributesFromJson,
  attributesToJson,
  parseDeployment,
  termsFromJson,
  termsSchema,
  termsToJson,
} from "@millrace/sdk";
import { failureOf } from "./support/errors.ts";
import { anyTerms, deployment } from "./support/values.ts";

describe("termsToJson", () => {
  it("behavior: any terms survive JSON, in the shape of the schema", () => {
    fc.assert(
      fc.property(anyTerms, (terms) => {
        const json: unknown = JSON.parse(JSON.stringify(termsToJson(terms)));
        expect(Value.Check(termsSchema, json)).to.equal(true);
        if (Value.Check(termsSchema, json)) expect(termsFromJson(json)).to.deep.equal(terms);
      }),
    );
  });
});

describe("attributesToJson", () => {
  it("behavior: any known attributes survive", () => {
    const attributes = fc.record({
      regionGroup: fc.integer({ min: 0, max: 7 }),
      country: fc.constantFrom(0, 0x4445, 0x5a41),
      hardwareClass: fc.integer({ min: 0, max: 4 }),
      cores: fc.nat(65_535),
      memoryGiB: fc.nat(65_535),
      bandwidthMbps: fc.nat(2 ** 31 - 1),
    });
    fc.assert(
      fc.property(attributes, (value) => {
        expect(attributesFromJson(attributesToJson(value))).to.deep.equal(value);
      }),
    );
    expect(
      attributesToJson({
        regionGroup: 4,
        country: 0x4445,
        hardwareClass: 3,
        cores: 1,
        memoryGiB: 2,
        bandwidthMbps: 3,
      }),
    ).to.include({ regionGroup: "europe", country: "DE", hardwareClass: "server" });
  });
});

describe("attributeId", () => {
  it("behavior: any name survives, and no two have one id", () => {
    const names = fc.stringMatching(/^[A-Za-z0-9._-]{1,32}$/);
    fc.assert(
      fc.property(names, names, (one, other) => {
        expect(attributeName(attributeId(one))).to.equal(one);
        expect(attributeId(one) === attributeId(other)).to.equal(one === other);
      }),
    );
    for (const [index, name] of attributeNames.entries()) {
      expect(BigInt(attributeId(name))).to.equal(BigInt(index));
      expect(attributeName(attributeId(name))).to.equal(name);
    }
  });

  it("behavior: an id without a name stays in hexadecimal, also one that feigns a packed attribute", () => {
    for (const id of ["0x06", "0xff", "0x6100610000"]) {
      const padded = `0x${id.slice(2).padStart(64, "0")}` as const;
      expect(attributeName(padded)).to.equal(padded);
    }
    const feigned = stringToHex("cores", { size: 32 });
    expect(attributeName(feigned)).to.equal(feigned);
  });

  it("error: attribute-invalid", async () => {
    for (const name of ["", "two words", "é", "x".repeat(33)])
      expect((await failureOf(() => attributeId(name))).code).to.equal("attribute-invalid");
  });
});

describe("parseDeployment", () => {
  it("default: takes what was written", () => {
    expect(parseDeployment(JSON.parse(JSON.stringify(deployment)))).to.deep.equal(deployment);
  });

  it("error: deployment-invalid, naming the field", async () => {
    const error = await failureOf(() => parseDeployment({ ...deployment, chainId: "1" }));
    expect(error.code).to.equal("deployment-invalid");
    expect(error.details).to.include("chainId");
    await fc.assert(
      fc.asyncProperty(fc.anything(), async (value) => {
        expect((await failureOf(() => parseDeployment(value))).code).to.equal("deployment-invalid");
      }),
    );
  });
});
