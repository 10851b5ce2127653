import { expect } from "chai";
import { runDeep } from "../paths/deep-thread.ts";
import { runs } from "../seed.ts";
import { checkModules } from "./check-modules.ts";
import type { ModulesChecked, ModulesToCheck } from "./check-modules.ts";

const seed = Number(process.env["MILLRACE_SEED"] ?? Math.floor(Math.random() * 2 ** 31));

describe(`random modules of our own, seed ${seed}`, function () {
  this.timeout(1_800_000);

  it("native = interpreter = V8 alone: results, traps, memory; native = interpreter: fuel", async () => {
    const file = new URL("check-modules.ts", import.meta.url).href;
    const toCheck: ModulesToCheck = { seed, count: runs(200) };
    const ends = await runDeep<ModulesChecked>(file, checkModules.name, toCheck);
    // The modules do something: they return, trap and run out of fuel.
    for (const status of [1, 2, 10])
      expect(ends.get(status) ?? 0, `calls with status ${status}`).to.be.greaterThan(0);
  });
});
