import { expect } from "chai";
import { sayHowToGoOn } from "../src/errors.ts";

describe("how an error says to go on", () => {
  const next = "Deal 3 exists and goes on: millrace deal show 3";

  it("behavior: where the chain went away, the next step names what shows whether it is done", () => {
    for (const code of ["rpc-unreachable", "transaction-pending"]) {
      const view = { code, message: "Nobody answers.", nextStep: "Check that the chain runs." };
      expect(sayHowToGoOn(view, next).nextStep).to.equal(`Check that the chain runs.\n${next}`);
      expect(sayHowToGoOn({ code, message: "Nobody answers." }, next).nextStep).to.equal(next);
    }
  });

  it("behavior: before anything was sent, and where the chain has refused it, it stays as it is", () => {
    const lost = {
      code: "rpc-unreachable",
      message: "Nobody answers.",
      nextStep: "Check that the chain runs.",
    };
    expect(sayHowToGoOn(lost, undefined)).to.equal(lost);
    const refused = { code: "transaction-reverted", message: "It was undone.", nextStep: "Read why." };
    expect(sayHowToGoOn(refused, next)).to.equal(refused);
  });
});
