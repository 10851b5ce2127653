import { expect } from "chai";
import { replay, runNatively } from "../../machine/test/paths/run-input.ts";
import { examples, prepareExample } from "./calls.ts";

const PLENTY = 2n ** 50n;

describe("every example on its own test inputs: native = interpreter", function () {
  this.timeout(300_000);

  it("there are examples", () => expect(examples.length).to.be.greaterThan(5));

  for (const example of examples) {
    it(`${example}: result, output, log and fuel, also with half of the fuel`, () => {
      const { prepared, calls } = prepareExample(example);
      for (const { name, input } of calls) {
        const native = runNatively({ prepared, input, fuel: PLENTY });
        expect(native.status, name).to.equal(1);
        expect(replay({ prepared, input, fuel: PLENTY }).result, name).to.deep.equal(native);
        const fuel = native.fuelUsed / 2n;
        const half = runNatively({ prepared, input, fuel });
        expect(half, name).to.include({ status: 10, fuelUsed: fuel });
        expect(replay({ prepared, input, fuel }).result, name).to.deep.equal(half);
      }
    });
  }
});
