import { expect } from "chai";
import { openScript } from "./support/script.ts";

/** Evaluates the request's body as the body of an async function; answers with JSON. */
const evaluator = `
const AsyncFunction = (async () => {}).constructor;
export default async (request) => {
  try {
    return Response.json({ value: await new AsyncFunction(await request.text())() });
  } catch (error) {
    return Response.json({ error: error.name });
  }
};`;

/** Bodies of functions; Node's own Web APIs must give the same. */
const agreeWithNode: Record<string, string[]> = {
  URL: [
    `return new URL("https://u:p%20@Ex.Org:8443/a/./b/../c%20d?x=1&y=%C3%BC#frag").href`,
    `return new URL("../x?y#z", "http://h/a/b/c").href`,
    `return ["http://h:80/", "https://h:443", "http://[::1]:3000/", "http://192.168.0.257/", "http://0x7f.1/", "file:///C:/a/../b",
       "http://bücher.example/", "http://ÄÖ.de/", "data:text/plain,hi", "mailto:a@b", "http://a b/", "//x", "", "http://h/%zz?q=%#"].map((u) => URL.parse(u)?.href ?? null)`,
    `const u = new URL("http://h/p"); u.search = "?a=b c"; u.hash = "x y"; u.pathname = "/ü"; u.host = "k:81"; u.protocol = "https"; u.username = "me"; return u.href`,
    `const u = new URL("http://h/?a=1&b=2&a=3"); u.searchParams.append("c", "ä&="); u.searchParams.delete("b"); return [u.href, u.search, u.searchParams.getAll("a")]`,
    `const { origin, protocol, host, hostname, port, pathname, search, hash, username, password } = new URL("https://a:b@h:9/p?q#f"); return { origin, protocol, host, hostname, port, pathname, search, hash, username, password }`,
    `return [URL.canParse("x:"), URL.canParse("x"), URL.canParse("x", "http://h"), JSON.stringify({ u: new URL("http://h") })]`,
    `return new URL("nonsense")`,
  ],
  URLSearchParams: [
    `return [...new URLSearchParams("?a=1&b=%20+x&a=2&&c")]`,
    `return new URLSearchParams({ a: "1 2", "ü": "&=+~*" }).toString()`,
    `const p = new URLSearchParams([["b", "2"], ["a", "1"], ["b", "1"]]); p.sort(); p.set("b", "9"); return [p.toString(), p.size, p.has("a"), p.has("a", "2"), p.get("z"), [...p.keys()], [...p.values()]]`,
    `return new URLSearchParams([["a"]])`,
  ],
  text: [
    `return [...new TextEncoder().encode("aß水😀\\ud800b")]`,
    `return new TextDecoder().decode(Uint8Array.of(0xef, 0xbb, 0xbf, 97, 0xc3, 0x28, 0xe6, 0xb0, 0xf0, 0x9f, 0x98, 0x80, 0xed, 0xa0, 0x80, 0xff, 0xc0, 0xaf, 0xf4, 0x90, 0x80, 0x80))`,
    `return new TextDecoder("UTF-8", { fatal: true }).decode(Uint8Array.of(97, 0xc3))`,
    `return new TextDecoder("utf8", { ignoreBOM: true }).decode(Uint8Array.of(0xef, 0xbb, 0xbf, 97)).length`,
    `const d = new TextDecoder(); return [0xf0, 0x9f, 0x98, 0x80, 97].map((b) => d.decode(Uint8Array.of(b), { stream: true })).join("|") + d.decode()`,
    `const b = new Uint8Array(6); return [new TextEncoder().encodeInto("aß水x", b), [...b]]`,
    `const b = new Uint8Array(5); return [new TextEncoder().encodeInto("aß水x", b), [...b]]`,
    `return new TextDecoder("utf-8").decode(new Uint8Array([104, 105, 33]).buffer) + new TextDecoder().decode(new DataView(new Uint8Array([1, 65, 66, 2]).buffer, 1, 2))`,
    `return [btoa("hällo"), atob(" aGk= "), atob("aGk")]`,
    `return btoa("水")`,
    `return atob("a")`,
  ],
  crypto: [
    ...["SHA-1", "SHA-256", "SHA-384", "sha-512"].flatMap((name) =>
      [0, 1, 55, 56, 63, 64, 111, 112, 127, 128, 1000].map(
        (size) =>
          `return [...new Uint8Array(await crypto.subtle.digest("${name}", new Uint8Array(${size}).map((_, i) => i * 7)))]`,
      ),
    ),
    `return [...new Uint8Array(await crypto.subtle.digest({ name: "SHA-256" }, new DataView(new ArrayBuffer(9), 3, 4)))]`,
    `return await crypto.subtle.digest("MD5", new Uint8Array(1))`,
    `const a = crypto.getRandomValues(new Uint32Array(8)); return [a.length, new Set(a).size]`,
    `return crypto.getRandomValues(new Float32Array(1))`,
    `return crypto.getRandomValues(new Uint8Array(65537))`,
    `return /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(crypto.randomUUID())`,
  ],
  structuredClone: [
    `const a = { d: new Date(5), m: new Map([[1, { x: 2n }]]), s: new Set("ab"), b: new Uint8Array([1, 2]) }; a.self = a; const c = structuredClone(a); return [c !== a, c.self === c, c.d.getTime(), String(c.m.get(1).x), [...c.s], [...c.b]]`,
    `return structuredClone(() => 1)`,
    `return structuredClone(Symbol())`,
  ],
  Headers: [
    `const h = new Headers({ "X-B": " 2 ", a: "1" }); h.append("x-b", "3"); h.append("Set-Cookie", "a=1"); h.append("set-cookie", "b=2"); return [[...h], h.get("X-b"), h.getSetCookie(), h.has("A"), h.get("q")]`,
    `const h = new Headers([["a", "1"]]); h.set("a", "2"); h.delete("b"); h.delete("A"); return [...new Headers(h)]`,
    `const seen = []; new Headers({ b: "1", a: "2" }).forEach((v, k) => seen.push(k + v)); return seen`,
    `return new Headers({ "a b": "1" })`,
    `return new Headers({ a: "1\\r\\nb: 2" })`,
    `return new Headers({ a: "水" })`,
    `return new Headers([["a"]])`,
  ],
  Response: [
    `const r = new Response("hü"); return [r.status, r.ok, r.statusText, r.headers.get("content-type"), await r.text(), r.bodyUsed]`,
    `return [[...new Uint8Array(await new Response("hü").arrayBuffer())], await new Response('{"a":[1]}').json(), await new Response(Uint8Array.of(104, 105)).text(), new Response(Uint8Array.of(1)).headers.get("content-type")]`,
    `const r = new Response(new URLSearchParams({ a: "b c" })); return [r.headers.get("content-type"), await r.text()]`,
    `const r = Response.json({ a: 1 }, { status: 201, headers: { x: "y" } }); return [r.status, [...r.headers], await r.text()]`,
    `const r = Response.redirect("http://h/x", 301); return [r.status, r.headers.get("location"), await r.text()]`,
    `const r = new Response("x"); const c = r.clone(); return [await r.text(), await c.text(), r.body !== null, new Response(null).body]`,
    `const r = new Response("x"); await r.text(); return await r.text()`,
    `const r = new Response("x"); await r.text(); return r.clone()`,
    `return await new Response("{").json()`,
    `return new Response("x", { status: 204 })`,
    `return new Response("x", { status: 99 })`,
    `return new Response("x", { statusText: "a\\nb" })`,
    `return Response.redirect("http://h", 200)`,
    `return Response.json(undefined)`,
    `return await new Response(new Response("again").body).text()`,
  ],
  Request: [
    `const r = new Request("http://h/a?b#c", { method: "post", body: "x", headers: { q: "1" } }); return [r.url, r.method, [...r.headers], await r.text()]`,
    `const r = new Request(new Request("http://h/", { method: "PUT", body: "x" }), { headers: { a: "b" } }); return [r.method, await r.text(), r.headers.get("a")]`,
    `const r = new Request("http://h/", { method: "PATCH" }); return [r.method, r.body, await r.text()]`,
    `return new Request("http://h/", { body: "x" })`,
    `return new Request("http://h/", { method: "a b" })`,
    `return new Request("nonsense")`,
  ],
  timers: [
    `const seen = []; setTimeout(() => seen.push("b"), 20); setTimeout((x) => seen.push(x), 10, "a"); clearTimeout(setTimeout(() => seen.push("never"), 5)); queueMicrotask(() => seen.push("micro")); await new Promise((r) => setTimeout(r, 30)); return seen`,
    `let n = 0; await new Promise((r) => { const t = setInterval(() => { if (++n === 3) { clearInterval(t); r(); } }, 1); }); return n`,
    `const a = performance.now(); await new Promise((r) => setTimeout(r, 50)); const b = performance.now(); return [b - a >= 49, Math.abs(performance.timeOrigin + b - Date.now()) < 1000]`,
  ],
  language: [
    `return [[3, 1, 2].toSorted(), Object.groupBy([1, 2, 3], (x) => x % 2 ? "odd" : "even"), "x".at(-1), [1, [2, [3]]].flat(Infinity), structuredClone([..."ab"].entries().toArray())]`,
    `return [/(?<y>\\d{4})-(?<m>\\d\\d)/.exec("on 2024-05-06").groups.y, "aBc".replace(/b/i, (m) => m + m), [..."a1b22".matchAll(/\\d+/g)].map((m) => m[0]), /\\p{L}+/u.exec("12äß3")[0]]`,
    `return [new Date(Date.UTC(2024, 1, 29, 12)).toISOString(), new Date("2024-03-10T10:00:00+02:00").getTime()]`,
    `return [0.1 + 0.2, 1e21, (1234.5678).toFixed(2), (255).toString(16), 2n ** 100n + "", Math.hypot(3, 4), Number("0x1f"), parseFloat("3.14abc"), -0]`,
    `async function* g() { yield 1; yield 2 } const all = []; for await (const x of g()) all.push(x); return [all, await Promise.any([Promise.reject(1), 2]), (await Promise.allSettled([Promise.reject(new Error("x"))]))[0].status]`,
    `class A { #x = 1; static s = 2; get x() { return this.#x } } return [new A().x, A.s, Object.hasOwn({ a: 1 }, "a"), [1, 2].includes(2), "äö".normalize("NFD").length, "Straße".toUpperCase()]`,
    `return [new Proxy({}, { get: (_, k) => k }).hi, Reflect.ownKeys({ a: 1 }), typeof globalThis, new Error("a", { cause: 1 }).cause, new AggregateError([1]).errors]`,
  ],
};

describe("Web APIs of the JavaScript runtime", function () {
  this.timeout(60_000);
  const evaluate = openScript(evaluator);

  for (const [group, bodies] of Object.entries(agreeWithNode))
    it(`agree with Node's: ${group} (${bodies.length})`, async () => {
      for (const body of bodies) {
        const { text, log } = evaluate({ method: "POST", body });
        expect(text, `${body}\n${log}`).to.equal(JSON.stringify(await inNode(body)));
      }
    });

  it("behavior: what a function cannot do says so", () => {
    for (const [body, error] of [
      [`await fetch("http://h")`, "TypeError"],
      [`new Response(new (class { getReader() {} })())`, "TypeError"],
      [`new TextDecoder("latin1")`, "RangeError"],
    ] as const)
      expect(evaluate({ body }).text, body).to.equal(JSON.stringify({ error }));
  });
});

async function inNode(body: string): Promise<unknown> {
  const AsyncFunction = (async () => Promise.resolve()).constructor as new (
    body: string,
  ) => () => Promise<unknown>;
  try {
    return { value: await new AsyncFunction(body)() };
  } catch (error) {
    return { error: (error as Error).name };
  }
}
