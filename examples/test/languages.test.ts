import { openReplay, verifyStep } from "@millrace/machine";
import { expect } from "chai";
import fc from "fast-check";
import { replay, runNatively } from "../../machine/test/paths/run-input.ts";
import "../../machine/test/seed.ts";
import { prepareStarter, starters } from "./starters.ts";

const FUEL = 10n ** 10n;

describe("every language that functions are written in", function () {
  this.timeout(300_000);

  for (const starter of starters)
    it(`${starter.language}: native = interpreter, and a random step passes from its witness alone`, async () => {
      const { prepared, input } = await prepareStarter(starter);
      const native = runNatively({ prepared, input, fuel: FUEL });
      expect(native, new TextDecoder().decode(native.stderr)).to.include({ status: 1, exitCode: 0 });
      expect(new TextDecoder().decode(native.output)).to.contain("Hello, Zoë!");
      const { result, steps } = replay({ prepared, input, fuel: FUEL });
      expect(result).to.deep.equal(native);

      const run = openReplay({ program: prepared.program, input, fuel: FUEL });
      const [step = 0] = fc.sample(fc.nat(steps - 1), 1);
      const claim = { fixed: run.fixed, stateHash: run.stateHashAt(step), witness: run.witnessAt(step) };
      expect(verifyStep(claim), `step ${step} of ${steps}`).to.deep.equal(run.stateHashAt(step + 1));
    });
});
