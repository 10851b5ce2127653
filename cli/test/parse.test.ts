import { expect } from "chai";
import fc from "fast-check";
import { InvalidArgumentError } from "commander";
import * as parse from "../src/parse.ts";

describe("parse", () => {
  it("integer: takes whole numbers within bounds and nothing else", () => {
    const units = parse.integer(1, 256);
    expect(units("1")).to.equal(1);
    expect(units("256")).to.equal(256);
    for (const bad of ["0", "257", "-1", "1.5", "1e2", "0x10", "", " 3", "three", "99999999999999999999"])
      expect(() => units(bad), bad).to.throw(InvalidArgumentError, "from 1 to 256");
  });

  it("dealId: any id a deal can have survives", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: 10n ** 19n - 1n }), (id) => {
        expect(parse.dealId(String(id))).to.equal(id);
      }),
    );
    for (const bad of ["0", "-1", "1n", "01", "", "1".repeat(20)])
      expect(() => parse.dealId(bad), bad).to.throw(InvalidArgumentError);
  });

  it("units: a whole number of units of fuel", () => {
    expect([parse.units("0"), parse.units("1".repeat(18))]).to.deep.equal([0n, BigInt("1".repeat(18))]);
    for (const bad of ["", "-1", "1.5", "1e9", "1,000", "1".repeat(19)])
      expect(() => parse.units(bad), bad).to.throw(InvalidArgumentError);
  });

  it("amount: takes what a person types for money", () => {
    for (const good of ["0.5", "12", "1000000.000001"]) expect(parse.amount(good)).to.equal(good);
    for (const bad of ["", "-1", "1,5", "1e18", "0x1", "1.2.3", "five", " 1", "1.", ".5"])
      expect(() => parse.amount(bad), bad).to.throw(InvalidArgumentError);
  });

  it("address: checks the checksum of mixed case and returns it checksummed", () => {
    const checksummed = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266";
    expect(parse.address(checksummed.toLowerCase())).to.equal(checksummed);
    expect(parse.address(checksummed)).to.equal(checksummed);
    expect(() => parse.address(checksummed.replace("F4", "f4"))).to.throw(InvalidArgumentError, "mistyped");
    expect(() => parse.address("0x1234")).to.throw(InvalidArgumentError);
  });

  it("header: splits at the first colon, as curl does", () => {
    expect(parse.header("Content-Type: a:b")).to.deep.equal(["content-type", "a:b"]);
    expect(() => parse.header("no colon")).to.throw(InvalidArgumentError);
    expect(() => parse.header("bad name: x")).to.throw(InvalidArgumentError);
  });

  it("httpUrl: takes http and https, without the last slash", () => {
    expect(parse.httpUrl("https://node.example.org:8443/")).to.equal("https://node.example.org:8443");
    for (const bad of ["node.example.org", "ftp://x", "http:/x y"])
      expect(() => parse.httpUrl(bad), bad).to.throw(InvalidArgumentError);
  });

  it("plainName: a name is never a path", () => {
    expect(parse.plainName("hello-2.wasm")).to.equal("hello-2.wasm");
    for (const bad of ["", "..", ".hidden", "a/b", "a b", "x".repeat(64)])
      expect(() => parse.plainName(bad), bad).to.throw(InvalidArgumentError);
  });
});
