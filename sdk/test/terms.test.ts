import { expect } from "chai";
import fc from "fast-check";
import Value from "typebox/value";
import {
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
