import { expect } from "chai";
import { openScript } from "./support/script.ts";
import type { Call } from "./support/script.ts";

const echo = `export default { async fetch(request, env) {
  const { url, method, headers } = request;
  return Response.json({ url, method, headers: [...headers], body: await request.text(), env });
} };`;

describe("answers of a script", function () {
  this.timeout(60_000);
  const answer = (source: string, call?: Call) => openScript(source)(call);

  it("default: an object with fetch answers with status, headers and body", () => {
    const { head, text, status, exitCode, log } = answer(
      `export default { async fetch() { return new Response("Hello", { status: 201, headers: { "X-A": "b", "content-type": "text/x" } }); } }`,
    );
    expect({ status, exitCode, log }).to.deep.equal({ status: 1, exitCode: 0, log: "" });
    expect(head).to.equal("Status: 201 Created\r\ncontent-type: text/x\r\nx-a: b");
    expect(text).to.equal("Hello");
  });

  it("default: a function is a handler too, and fetch has its object as `this`", () => {
    expect(answer(`export default function (request) { return new Response(request.method) }`).text).to.equal(
      "GET",
    );
    expect(answer(`export default { name: "x", fetch() { return new Response(this.name) } }`).text).to.equal(
      "x",
    );
    expect(
      answer(`export default new (class { #n = 3; fetch() { return new Response(this.#n + "") } })()`).text,
    ).to.equal("3");
  });

  it("behavior: the request is the call's", () => {
    const { text } = answer(echo, {
      ...{ method: "PUT", path: "/a/b%20c?x=1&y=%C3%BC", body: "hü" },
      headers: { Host: "Ex.org:81", "Content-Type": "text/plain", "X-Trace": "1", Cookie: "a=b" },
      env: { GREETING: "hi", KEY: "a=b" },
    });
    expect(JSON.parse(text)).to.deep.equal({
      url: "https://Ex.org:81/a/b%20c?x=1&y=%C3%BC",
      method: "PUT",
      headers: [
        ["content-length", "3"],
        ["content-type", "text/plain"],
        ["cookie", "a=b"],
        ["host", "Ex.org:81"],
        ["x-trace", "1"],
      ],
      body: "hü",
      env: { GREETING: "hi", KEY: "a=b" },
    });
    const bare = JSON.parse(answer(echo, { path: "" }).text) as object;
    expect(bare).to.deep.equal({ url: "https://localhost/", method: "GET", headers: [], body: "", env: {} });
  });

  it("behavior: bytes go through as they are", () => {
    const bytes = Uint8Array.from({ length: 100_000 }, (_, index) => (index * 7) % 256);
    const { body, head } = answer(`export default async (r) => new Response(await r.bytes())`, {
      body: bytes,
    });
    expect(Buffer.compare(body, bytes)).to.equal(0);
    expect(head).to.equal("Status: 200 OK");
    expect(
      Buffer.compare(answer(`export default (r) => new Response(r.body)`, { body: bytes }).body, bytes),
    ).to.equal(0);
  });

  it("behavior: headers are bytes, cookies stand alone, and an answer can be without body", () => {
    const { head } = answer(
      `export default () => { const r = new Response(null, { status: 204, headers: { x: "é" } }); r.headers.append("set-cookie", "a"); r.headers.append("set-cookie", "b"); r.headers.append("v", "1"); r.headers.append("v", "2"); return r; }`,
    );
    expect(head).to.equal("Status: 204 No Content\r\nset-cookie: a\r\nset-cookie: b\r\nv: 1, 2\r\nx: é");
  });

  it("behavior: the answer waits for timers and for what waitUntil got, which may fail", () => {
    const { text, log, exitCode } = answer(`export default async (request, env, context) => {
      context.waitUntil(new Promise((done) => setTimeout(() => { console.log("later"); done(); }, 1000)));
      context.waitUntil(Promise.reject(new Error("lost")));
      await new Promise((done) => setTimeout(done, 10));
      return new Response("now");
    }`);
    expect({ text, exitCode }).to.deep.equal({ text: "now", exitCode: 0 });
    expect(log).to.match(/^later\nwaitUntil: Error: lost\n/);
  });

  it("behavior: a script can wait at its top level, and keeps nothing from one call to the next", () => {
    const call = openScript(
      `let calls = 0; const ready = await Promise.resolve("ready"); export default () => new Response(ready + ++calls)`,
    );
    expect([call().text, call().text]).to.deep.equal(["ready1", "ready1"]);
  });

  it("behavior: the console goes to the log", () => {
    const { log, text } = answer(`export default () => {
      console.log("a", 1, null, undefined, true, 2n, [1, "x", { y: [] }], { f() {}, d: new Date(0), m: new Map([["k", 1]]) });
      console.error("%s is %d of %o, 100%%", "x", 3, { a: 1 }, "rest");
      console.warn(Uint8Array.of(1, 2), new Set(["s"]), Symbol("q"), -0, new (class Point { x = 1 })());
      const circle = {}; circle.self = circle; console.info(circle); console.debug({ a: { b: { c: { d: 1 } } } });
      console.assert(1 === 2, "wrong"); console.assert(true);
      return new Response("");
    }`);
    expect(text).to.equal("");
    expect(log.split("\n")).to.deep.equal([
      'a 1 null undefined true 2n [1, "x", { y: [] }] { f: [function f], d: 1970-01-01T00:00:00.000Z, m: Map {"k" => 1} }'.replace(
        "1970-01-01T00:00:00.000Z",
        String(new Date(0)).replace(/GMT.*/, "GMT+0000"),
      ),
      "x is 3 of { a: 1 }, 100% rest",
      'Uint8Array(2) [1, 2] Set(1) {"s"} Symbol(q) -0 Point { x: 1 }',
      "{ self: [circular] }",
      "{ a: { b: { c: {…} } } }",
      "Assertion failed: wrong",
      "",
    ]);
  });
});
