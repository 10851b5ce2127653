import { existsSync, readdirSync } from "node:fs";
import { expect } from "chai";
import { encodeInput } from "@millrace/machine/native";
import { prepare } from "@millrace/machine/prepare";
import { replay, runNatively } from "../../machine/test/paths/run-input.ts";
import { cgiEnvironment } from "../../sandbox/src/cgi.ts";
import { readExample, readExampleManifest } from "./open-example.ts";

const PLENTY = 2n ** 50n;
const PAGES_A_MIB = 16;
const examples = readdirSync(new URL("..", import.meta.url)).filter((name) =>
  existsSync(new URL(`../${name}/test/cases.json`, import.meta.url)),
);

interface Case {
  name: string;
  request?: {
    method?: string;
    path?: string;
    headers?: Record<string, string>;
    body?: string;
    bodyFile?: string;
  };
}

describe("every example on its own test inputs: native = interpreter", function () {
  this.timeout(300_000);

  it("there are examples", () => expect(examples.length).to.be.greaterThan(5));

  for (const example of examples) {
    it(`${example}: result, output, log and fuel, also with half of the fuel`, () => {
      const manifest = readExampleManifest(example);
      const prepared = prepare(readExample(example, manifest.module ?? ""), {
        maxPages: manifest.limits.memoryMiB * PAGES_A_MIB,
      });
      for (const { name, request = {} } of JSON.parse(
        readExample(example, "test/cases.json").toString(),
      ) as Case[]) {
        const body =
          request.bodyFile === undefined
            ? Buffer.from(request.body ?? "")
            : readExample(example, `test/${request.bodyFile}`);
        const [path = "", ...query] = (request.path ?? "").split("?");
        const env = cgiEnvironment(
          {
            ...{ requestId: "replay", method: request.method ?? (body.length > 0 ? "POST" : "GET"), path },
            ...{ query: query.join("?"), headers: request.headers ?? {}, body },
          },
          manifest,
        );
        const input = encodeInput({
          ...{ args: [manifest.name], env, stdin: body, outputBytes: manifest.limits.outputMiB * 2 ** 20 },
          ...{ acceptedAtMs: 1_700_000_000_000, seed: new Uint8Array(32).fill(7) },
        });
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
