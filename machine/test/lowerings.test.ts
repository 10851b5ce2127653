import { expect } from "chai";
import { openPaths } from "./paths/open.ts";
import type { Paths } from "./paths/open.ts";
import { canonical, EDGES, keepsBits, OPERATIONS, randomBits } from "./paths/operations.ts";
import type { Operation } from "./paths/operations.ts";
import { TYPES } from "./paths/types.ts";
import { runs } from "./seed.ts";

const seed = process.env["MILLRACE_SEED"] ?? "0";

/** All edge values, pairs of them for two operands, and random ones. */
function operandsOf({ name, params }: Operation): bigint[][] {
  const [first = "i32", second] = params;
  const edges = EDGES[first].flatMap((a) =>
    second === undefined ? [[a]] : EDGES[second].map((b) => [a, b]),
  );
  const random = Array.from({ length: runs(100) }, (_, index) =>
    params.map((type, place) => randomBits(type, seed, name, index, place)),
  );
  return [...edges, ...random];
}

const literal = (type: string, bits: bigint): string => {
  if (type === "i32" || type === "i64") return `${type}.const ${bits}`;
  return `${type === "f32" ? "i32" : "i64"}.const ${bits} ${type}.reinterpret_${type === "f32" ? "i32" : "i64"}`;
};

/** The operation on parameters, and with each edge value as a constant in each place. */
function moduleText({ name, params, result }: Operation): string {
  const constants = params.flatMap((type, place) =>
    EDGES[type].map((bits, index) => {
      const others = params.filter((_, other) => other !== place).join(" ");
      const operands = params.map((_, at) => (at === place ? literal(type, bits) : "local.get 0"));
      return `(func (export "${place}:${index}") (param ${others}) (result ${result}) ${operands.join(" ")} ${name})`;
    }),
  );
  return `(module
    (func (export "f") (param ${params.join(" ")}) (result ${result})
      ${params.map((_, place) => `local.get ${place}`).join(" ")} ${name})
    ${constants.join("\n")})`;
}

describe("every numeric instruction gives what V8's own gives, natively and in the interpreter", function () {
  this.timeout(600_000);
  let paths: Paths;
  before(async () => (paths = await openPaths()));

  for (const operation of OPERATIONS) {
    it(operation.name, () => {
      const { name, params, result } = operation;
      const wasm = paths.assemble(moduleText(operation));
      const prepared = paths.prepare(wasm);
      const native = paths.native(prepared);
      const replay = paths.interpreter(prepared);
      const plain = paths.plain(wasm, prepared.program.exports);

      const check = (field: string, args: bigint[]): void => {
        const own = plain.invoke(field, args);
        const results = keepsBits(name) ? own.results : own.results.map((bits) => canonical(result, bits));
        const expected = { status: own.status, results };
        const shown = `${name} ${field}(${args.map((bits) => bits.toString(16)).join(", ")})`;
        for (const [path, instance] of Object.entries({ native, replay })) {
          const outcome = instance.invoke(field, args);
          expect({ status: outcome?.status, results: outcome?.results }, `${shown} ${path}`).to.deep.equal(
            expected,
          );
        }
      };

      for (const args of operandsOf(operation)) check("f", args);
      for (const [place, type] of params.entries()) {
        for (const index of EDGES[type].keys()) {
          const others = params.filter((_, other) => other !== place);
          const rounds = others.length === 0 ? [0] : [0, 1, 2, 3];
          for (const round of rounds) {
            const edge = (other: "i32" | "i64" | "f32" | "f64", salt: number): bigint =>
              EDGES[other][(index * 7 + round * 11 + salt) % EDGES[other].length] ?? 0n;
            check(`${place}:${index}`, others.map(edge));
          }
        }
      }
      expect(prepared.program.exports.get("f")?.results).to.deep.equal([TYPES[result]]);
    });
  }
});
