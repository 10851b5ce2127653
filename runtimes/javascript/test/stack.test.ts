import { expect } from "chai";
import { runDeep } from "../../../machine/test/paths/deep-thread.ts";
import { openScript } from "./support/script.ts";

const EXITED = 1;
const STACK = 9;

/** Functions that nest n calls of the script's own functions; `f` is the function itself. */
const nestings: Record<string, string> = {
  calls: `(n) => n === 0 ? 0 : 1 + f(n - 1)`,
  callbacks: `(n) => n === 0 ? 0 : 1 + [n].map((x) => f(x - 1))[0]`,
  "call()": `(n) => n === 0 ? 0 : 1 + f.call(null, n - 1)`,
  "bound functions": `(n) => n === 0 ? 0 : f.bind(null, n - 1)()`,
  spread: `(...a) => a[0] === 0 ? 0 : 1 + f(...[a[0] - 1])`,
  constructors: `(n) => { class A { constructor(n) { this.n = n === 0 ? 0 : new A(n - 1); } } return new A(n); }`,
  "derived constructors": `(n) => { class A { constructor(n) { if (n > 0) this.n = new B(n - 1); } } class B extends A {} return new B(n); }`,
  getters: `(n) => { const o = (n) => ({ get x() { return n === 0 ? 0 : o(n - 1).x; } }); return o(n).x; }`,
  proxies: `(n) => { const o = (n) => new Proxy({}, { get: () => n === 0 ? 0 : o(n - 1).x }); return o(n).x; }`,
  "replace callbacks": `(n) => n === 0 ? "" : "a".replace(/a/, () => f(n - 1))`,
  "sort callbacks": `(n) => n === 0 ? 0 : [2, 1].sort(() => f(n - 1))`,
  generators: `(n) => { function* g(n) { if (n > 0) yield* g(n - 1); yield n; } return [...g(n)].length; }`,
  toString:
    "(n) => { const o = (n) => ({ toString: () => n === 0 ? '' : `${o(n - 1)}` }); return `${o(n)}`; }",
  "async functions": `async (n) => n === 0 ? 0 : await f(n - 1)`,
  eval: `(n) => n === 0 ? 0 : (globalThis.f = f, eval("f(" + (n - 1) + ")"))`,
  toJSON: `(n) => n === 0 ? 0 : JSON.stringify({ toJSON: () => { f(n - 1); return 1; } })`,
};

/** Functions that make QuickJS itself nest n deep: a RangeError, or the machine's end. */
const inside: Record<string, string> = {
  "JSON.parse": `(n) => JSON.parse("[".repeat(n) + "]".repeat(n))`,
  "JSON.stringify": `(n) => { let o = []; for (let i = 0; i < n; i++) o = [o]; return JSON.stringify(o); }`,
  structuredClone: `(n) => { let o = []; for (let i = 0; i < n; i++) o = [o]; return structuredClone(o); }`,
  "flat()": `(n) => { let o = []; for (let i = 0; i < n; i++) o = [o]; return o.flat(Infinity); }`,
  "String()": `(n) => { let o = []; for (let i = 0; i < n; i++) o = [o]; return String(o); }`,
  "parsing parentheses": `(n) => (0, eval)("(".repeat(n) + "1" + ")".repeat(n))`,
  "parsing functions": `(n) => (0, eval)("(()=>".repeat(n) + "1" + ")".repeat(n))`,
  "parsing templates": "(n) => (0, eval)('`${'.repeat(n) + '1' + '}`'.repeat(n))",
  "parsing blocks": `(n) => (0, eval)("{".repeat(n) + "1" + "}".repeat(n))`,
  "parsing regular expressions": `(n) => new RegExp("(?:".repeat(n) + "a" + ")".repeat(n)).test("a")`,
  "a regular expression's turns": `(n) => /^(a|b)*$/.test("ab".repeat(n))`,
};

/** How deep the first table goes, which is fine, and then for ever. */
const FINE = 150;
const ENDLESS = 1e6;
/** How deep the second table goes; the first is fine. */
const DEPTHS = [400, 2_000, 20_000, 200_000];

interface Run {
  status: number;
  text: string;
}

/** Runs nestings in this thread, whose stack must be deep. @returns the results, by nesting and depth */
export function nestAll(list: { nesting: string; depths: number[] }[]): Run[][] {
  return list.map(({ nesting, depths }) => {
    const script = openScript(
      `const f = ${nesting};
       export default async (request) => {
         try { await f(Number(await request.text())); return new Response("done"); } catch (e) { return new Response(e.name); }
       }`,
    );
    return depths.map((depth) => {
      const { status, text } = script({ body: String(depth) });
      return { status, text };
    });
  });
}

const nestDeep = (table: Record<string, string>, depths: number[]) =>
  runDeep<Run[][]>(
    import.meta.url,
    "nestAll",
    Object.values(table).map((nesting) => ({ nesting, depths })),
  );

// The thread loads this file too.
if (typeof describe === "function")
  describe("deep recursion in a script", function () {
    this.timeout(120_000);

    it("calls: some are fine, endlessly many end in an error that the script can catch", async () => {
      const results = await nestDeep(nestings, [FINE, ENDLESS]);
      Object.keys(nestings).forEach((name, index) => {
        const [few, endless] = results[index] ?? [];
        expect(few, name).to.deep.equal({ status: EXITED, text: "done" });
        expect(endless, name).to.deep.equal({ status: EXITED, text: "RangeError" });
      });
    });

    it("QuickJS itself: 400 are fine, very many end in an error or in the sandbox's `stack`", async () => {
      const results = await nestDeep(inside, DEPTHS);
      Object.keys(inside).forEach((name, index) => {
        const [few, ...many] = results[index] ?? [];
        expect(few, name).to.deep.equal({ status: EXITED, text: "done" });
        for (const { status, text } of many) {
          expect(status, name).to.be.oneOf([EXITED, STACK]);
          expect(text, name).to.be.oneOf(["done", "RangeError", "DataCloneError", "SyntaxError", ""]);
        }
      });
    });
  });
