import { termsToJson, type Constraint } from "@millrace/sdk";
import { expect } from "chai";
import { InvalidArgumentError } from "commander";
import { buildConstraints, place, setting, wanted, type ConstraintValues } from "../src/deal/constraints.ts";
import { UsageError } from "../src/errors.ts";

const attester = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";
const other = "0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC";
const nothing: ConstraintValues = {
  ...{ region: [], minMemory: undefined, minCores: undefined, require: [], attestedBy: undefined },
};
const build = (values: Partial<ConstraintValues>) => inWords(buildConstraints({ ...nothing, ...values }));
/** As the API writes them. */
const inWords = (constraints: Constraint[]) =>
  termsToJson({ ...plainTerms, constraints }).constraints.map(
    (each) =>
      `${each.attribute} ${each.operator} ${each.value}${/^0x0+$/.test(each.attester) ? "" : ` ${each.attester}`}`,
  );
const plainTerms = {
  ...({
    paymentToken: attester,
    moduleDigest: "0x",
    functionCommitment: "0x",
    permissionIssuer: attester,
  } as const),
  ...{ unitsPerWorker: 1, minWorkers: 1, targetWorkers: 1, maxWorkers: 1, maxWorkersPerProvider: 1 },
  ...{ priceLimit: 1n, minimumAsk: 0n, priceToleranceBps: 0, tipPerWorker: 0n, endEpoch: 0, openToAll: true },
  ...{ listMode: 0, providers: [] },
};

describe("the constraints of a deal", () => {
  it("default: the options as they are typed", () => {
    expect(build({})).to.deep.equal([]);
    const values = { region: [place("eu")], minMemory: 8, minCores: 4, require: [wanted("gpus>=2")] };
    expect(build(values)).to.deep.equal([
      "regionGroup equal 4",
      "memoryGiB atLeast 8",
      "cores atLeast 4",
      "gpus atLeast 2",
    ]);
  });

  it("behavior: several regions are none of the others; a country is one", () => {
    const regions = build({ region: [place("europe"), place("Asia")] });
    expect(regions).to.deep.equal([1, 2, 5, 6, 7].map((region) => `regionGroup notEqual ${region}`));
    expect(build({ region: [place("de")] })).to.deep.equal([`country equal 17477`]);
    for (const region of [
      [place("de"), place("fr")],
      [place("de"), place("europe")],
    ])
      expect(() => build({ region })).to.throw(UsageError, "A node is in one country");
    expect(() => place("atlantis")).to.throw(InvalidArgumentError, "two letters of a country");
  });

  it("behavior: whose word counts, for all of them or one", () => {
    const require = [wanted("gpus>=2"), wanted(`tier!=3@${other.toLowerCase()}`)];
    expect(build({ minMemory: 8, require, attestedBy: attester })).to.deep.equal([
      `memoryGiB atLeast 8 ${attester}`,
      `gpus atLeast 2 ${attester}`,
      `tier notEqual 3 ${other}`,
    ]);
    expect(build({ require })).to.deep.equal(["gpus atLeast 2", `tier notEqual 3 ${other}`]);
    expect(() => build({ attestedBy: attester })).to.throw(UsageError, "--require");
  });

  it("behavior: words for the packed attributes that have them", () => {
    const require = ["hardwareClass>=server", "country!=US", "regionGroup=europe", "cores<=8"].map(wanted);
    expect(build({ require })).to.deep.equal([
      "hardwareClass atLeast 3",
      `country notEqual 21843`,
      "regionGroup equal 4",
      "cores atMost 8",
    ]);
  });

  it("error: what is no requirement, and more than a deal may have", () => {
    for (const bad of [
      "gpus",
      "gpus>2",
      "gpus>=",
      ">=2",
      "gpus>=-1",
      "gpus>=many",
      "gpus=2@0x12",
      `${"a".repeat(33)}=1`,
    ])
      expect(() => wanted(bad), bad).to.throw(InvalidArgumentError);
    expect(() => setting("gpus>=2")).to.throw(InvalidArgumentError, "gpus=2");
    expect(setting("gpus=2")).to.deep.equal({ attribute: "gpus", value: 2n });
    const require = Array.from({ length: 8 }, (_, index) => wanted(`a${index}=1`));
    expect(build({ require })).to.have.length(8);
    expect(() => build({ require, minMemory: 8 })).to.throw(
      UsageError,
      "8 constraints; these options make 9",
    );
  });
});
