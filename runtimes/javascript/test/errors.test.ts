import { expect } from "chai";
import { openScript } from "./support/script.ts";
import type { Limits } from "./support/script.ts";

const EXITED = 1;
const UNREACHABLE = 2;
const OUT_OF_FUEL = 10;

/** Scripts that fail, and what the log must say. */
const failing: Record<string, [source: string, log: RegExp]> = {
  "an error thrown by the handler": [
    `function inner() {\n  throw new TypeError("boom", { cause: new Error("deep") });\n}\nexport default { fetch() { return inner(); } };`,
    /^TypeError: boom\n {4}at inner \(index\.js:2:\d+\)\n {4}at fetch \(index\.js:4:\d+\)\n[^]*\[cause\]: Error: deep/,
  ],
  "a rejected promise": [
    `export default async () => { await null; throw new Error("later"); }`,
    /^Error: later\n {4}at/,
  ],
  "something else that is thrown": [
    `export default () => { throw { code: 3 }; }`,
    /^Uncaught { code: 3 }\n$/,
  ],
  "an error at the top level": [
    `null.x; export default () => new Response("")`,
    /^TypeError: .*null[^]*index\.js:1/,
  ],
  "an error after a wait at the top level": [`await null; throw new RangeError("top")`, /^RangeError: top/],
  "a syntax error": [`export default {\n  fetch( { return 1 }\n}`, /^SyntaxError: [^]*index\.js:\d/],
  "no handler": [`export const x = 1;`, /exports no handler: write `export default/],
  "another type of answer": [
    `export default () => "text"`,
    /The handler returned "text"; it must return a Response/,
  ],
  "no answer at all": [`export default () => {}`, /The handler returned undefined/],
  "a promise that nothing settles": [
    `export default () => new Promise(() => {})`,
    /^The handler never answered/,
  ],
  "an import": [
    `import "./other.js"; export default () => new Response("")`,
    /cannot import "\.\/other\.js": a script is one file/,
  ],
  "a dynamic import": [`export default async () => { await import("fs"); }`, /cannot import "fs"/],
  "an error in a timer": [
    `export default () => new Promise(() => setTimeout(() => { throw new Error("tick"); }, 5))`,
    /^Error: tick/,
  ],
  "a failing getter of what is thrown": [
    `export default () => { throw Object.defineProperty(new Error("x"), "stack", { get() { throw new Error("no"); } }); }`,
    /Error/,
  ],
};

describe("errors of a script", function () {
  this.timeout(60_000);
  const run = (source: string, limits?: Limits) => openScript(source, limits)();

  for (const [name, [source, log]] of Object.entries(failing))
    it(`error: ${name}: exit code 1, the reason in the log, no answer`, () => {
      const outcome = run(source);
      expect(outcome.log).to.match(log);
      expect(outcome).to.include({ status: EXITED, exitCode: 1, head: "", text: "" });
    });

  it("behavior: a rejection that nobody handles is logged; the answer stands", () => {
    const { text, log } = run(
      `export default () => { Promise.reject(new Error("lost")); return new Response("ok"); }`,
    );
    expect(text).to.equal("ok");
    expect(log).to.match(/^A promise was rejected and nobody handled it: Error: lost\n/);
    expect(
      run(
        `export default async () => { const p = Promise.reject(1); await null; await p.catch(() => {}); return new Response(""); }`,
      ).log,
    ).to.equal("");
  });

  it("limit: an endless loop ends with its fuel", () => {
    for (const loop of [
      "for (;;);",
      "const f = () => setTimeout(f); f(); await new Promise(() => {});",
      "const f = async () => { await null; return f(); }; await f();",
    ]) {
      const outcome = run(`export default async () => { ${loop} }`, { fuel: 20_000_000n });
      expect(outcome, loop).to.include({ status: OUT_OF_FUEL, fuelUsed: 20_000_000n, text: "" });
    }
  });

  it("limit: without memory the program says so and gives up, unless the script catches it", () => {
    const log = "InternalError: out of memory\n";
    const hoard = `const all = []; for (;;) all.push(new Uint8Array(1 << 20).fill(1));`;
    expect(run(`export default () => { ${hoard} }`, { memoryMiB: 16 })).to.include({
      status: UNREACHABLE,
      text: "",
      log,
    });
    // One piece that is too large: most of the memory is free.
    expect(
      run(`export default async () => new Response(new Uint8Array(20 << 20))`, { memoryMiB: 16 }),
    ).to.include({
      status: UNREACHABLE,
      log,
    });
    expect(
      run(`export default () => { let s = "x"; for (;;) s += s + Math.random(); }`, { memoryMiB: 16 }).text,
    ).to.equal("");
    const { text } = run(
      `export default () => { try { ${hoard} } catch (e) { return new Response(e.message); } }`,
      { memoryMiB: 16 },
    );
    expect(text).to.equal("out of memory");
    // A script that is larger than the memory.
    expect(
      run(`export default () => new Response("")//${"x".repeat(3 << 20)}`, { memoryMiB: 4 }).status,
    ).to.equal(UNREACHABLE);
  });
});
