import { expect } from "chai";
import { createClock } from "../../src/chain/clock.ts";
import { exampleDeployment } from "../support/deployment.ts";

const deployment = { ...exampleDeployment, genesis: 1000, epochDuration: 10 };

describe("createClock", () => {
  it("default: the newest block's time runs on while no block arrives", () => {
    let now = 0;
    const clock = createClock(deployment, () => now);
    expect(clock.epoch()).to.equal(undefined);
    clock.observe(1045n);
    expect(clock.epoch()).to.equal(4);
    now += 4_999;
    expect(clock.epoch()).to.equal(4);
    now += 1;
    expect(clock.epoch()).to.equal(5);
  });

  it("behavior: follows a block that is earlier, as after a reorg", () => {
    const clock = createClock(deployment, () => 0);
    clock.observe(1045n);
    clock.observe(1012n);
    expect(clock.epoch()).to.equal(1);
  });
});
