import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openReplay, prepare, readScriptModule, verifyStep } from "@millrace/machine";
import { encodeInput } from "@millrace/machine/native";
import { expect } from "chai";
import fc from "fast-check";
import { buildProject } from "../../cli/src/function/build.ts";
import { readProject } from "../../cli/src/function/project.ts";
import { replay, runNatively } from "../../machine/test/paths/run-input.ts";
import "../../machine/test/seed.ts";
import { cgiEnvironment } from "../../sandbox/src/cgi.ts";

const PAGES_A_MIB = 16;
const FUEL = 10n ** 10n;
const root = fileURLToPath(new URL("../..", import.meta.url));
/** What each language's functions start from; what needs a compiler that may be missing is taken as it is committed. */
const starters = [
  { language: "as", folder: "examples/hello-assemblyscript", compile: false },
  { language: "rust", folder: "examples/hello-rust", compile: false },
  { language: "cpp", folder: "examples/hello-cpp", compile: false },
  { language: "ts", folder: "starters/ts", compile: true },
  { language: "js", folder: "starters/js", compile: true },
  { language: "python", folder: "starters/python", compile: true },
];

describe("every language that functions are written in", function () {
  this.timeout(300_000);
  const scratch = mkdtempSync(join(tmpdir(), "millrace-languages-"));
  after(() => {
    rmSync(scratch, { recursive: true });
  });

  for (const { language, folder, compile } of starters)
    it(`${language}: native = interpreter, and a random step passes from its witness alone`, async () => {
      const copy = join(scratch, language);
      cpSync(join(root, folder), copy, { recursive: true });
      const { module, manifest, runtime } = await buildProject(await readProject(copy), { compile });
      const prepared = prepare(runtime?.wasm ?? module, {
        maxPages: manifest.limits.memoryMiB * PAGES_A_MIB,
        ...(runtime && { script: readScriptModule(module)?.script ?? new Uint8Array(0) }),
      });
      const body = Buffer.from("Zoë");
      const request = {
        requestId: "step",
        method: "POST",
        path: "/greet",
        query: "from=x",
        headers: {},
        body,
      };
      const input = encodeInput({
        ...{ args: [manifest.name], env: cgiEnvironment(request, manifest), stdin: body },
        ...{ acceptedAtMs: 1_700_000_000_000, seed: new Uint8Array(32).fill(9), outputBytes: 2 ** 20 },
      });
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
