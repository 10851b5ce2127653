import { expect } from "chai";
import fc from "fast-check";
import { hostLabel, routeOf } from "../../src/gateway/route.ts";

const suffix = "run.example.org";

describe("routeOf", () => {
  it("default: /run/<deal> and what follows, byte for byte", () => {
    for (const target of ["", "/", "?a=1", "/a/b?c=%2F&d", "//x", "/../y", "/%zz", "/a?b?c"])
      expect(routeOf("gateway:1", `/run/7${target}`, undefined)).to.deep.equal({
        ...{ kind: "call", deal: 7n, target, label: undefined, ownOrigin: false },
      });
  });

  it("behavior: takes the URL that a node has for a call", () => {
    expect(routeOf("g", "/v1/deals/7/call/a?b", undefined)).to.include({
      kind: "call",
      deal: 7n,
      target: "/a?b",
    });
    expect(routeOf("g", "/v1/deals/7/call", undefined)).to.include({ deal: 7n, target: "" });
    expect(routeOf("g", "/v1/deals/7/calls", undefined)).to.deep.equal({ kind: "unknown" });
    expect(routeOf("g", "/v1/deals/7/logs", undefined)).to.deep.equal({ kind: "unknown" });
  });

  it("behavior: a host name below the suffix is a deal, with or without the function's name", () => {
    const call = { kind: "call", deal: 42n, target: "/run/7", ownOrigin: true };
    expect(routeOf(`42.${suffix}`, "/run/7", suffix)).to.deep.equal({ ...call, label: undefined });
    expect(routeOf(`My-Fn-9-42.RUN.example.org.:8081`, "/run/7", suffix)).to.deep.equal({
      ...{ ...call, label: "my-fn-9" },
    });
    expect(routeOf(`www.${suffix}`, "/", suffix)).to.deep.equal({ kind: "deal-invalid", text: "www" });
    expect(routeOf(`a.42.${suffix}`, "/run/7", suffix)).to.include({ deal: 7n, ownOrigin: false });
    expect(routeOf(suffix, "/healthz", suffix)).to.deep.equal({ kind: "health" });
    expect(routeOf(`42.${suffix}`, "/healthz", suffix)).to.include({ kind: "call", target: "/healthz" });
    expect(routeOf(`42.${suffix}`, "/healthz", undefined)).to.deep.equal({ kind: "health" });
  });

  it("behavior: a whole URL as a client of a proxy sends it is as good as its path, and names the host", () => {
    expect(routeOf("g", "http://g:1/run/7/a?b", undefined)).to.include({ deal: 7n, target: "/a?b" });
    expect(routeOf("g", `HTTP://42.${suffix}:80/a`, suffix)).to.include({ deal: 42n, target: "/a" });
    expect(routeOf(`42.${suffix}`, `http://42.${suffix}`, suffix)).to.include({ deal: 42n, target: "" });
    expect(routeOf("g", "http://g/healthz", undefined)).to.deep.equal({ kind: "health" });
  });

  it("error: an id that no deal can have", () => {
    for (const id of ["0", "01", "-1", "1e3", "x", "", "18446744073709551616", "9".repeat(200)])
      expect(routeOf("g", `/run/${id}/x`, undefined)).to.include({ kind: "deal-invalid" });
    expect(routeOf("g", "/run/18446744073709551615", undefined)).to.include({ kind: "call" });
  });

  it("behavior: never throws, and what is no call stays out of nodes", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (host, rest) => {
        const route = routeOf(host, `/${rest}`, suffix);
        expect(route.kind).to.be.oneOf(["call", "health", "metrics", "loads", "unknown", "deal-invalid"]);
      }),
    );
  });
});

describe("hostLabel", () => {
  it("default: lower case, hyphens for what a label cannot have", () => {
    expect(hostLabel("My_Fn.v2-x")).to.equal("my-fn-v2-x");
  });
});
