import { parseManifest } from "@millrace/machine";
import { expect } from "chai";
import fc from "fast-check";
import { cgiEnvironment } from "../src/cgi.ts";
import "../../machine/test/seed.ts";
import { makeRequest } from "./helpers.ts";

const manifest = parseManifest({ name: "tested", env: { KEY: "value" } });

describe("cgiEnvironment", () => {
  it("behavior: withholds credentials, hop-by-hop fields and HTTP_PROXY, whatever their case", () => {
    const names = [
      "Authorization",
      "PROXY-AUTHORIZATION",
      "Proxy",
      "proxy",
      "Connection",
      "Transfer-Encoding",
    ];
    const ours = ["millrace-permission", "Millrace-Caller", "TE", "Upgrade", "Trailer", "Keep-Alive"];
    const headers = Object.fromEntries([...names, ...ours].map((name) => [name, "secret"]));
    const environment = cgiEnvironment(makeRequest({ headers }), manifest);
    expect(environment.filter((entry) => entry.includes("secret"))).to.deep.equal([]);
  });

  it("behavior: a header cannot pass for another variable", () => {
    const headers = {
      x_forwarded_for: "spoofed",
      "x=y": "spoofed",
      "x\0y": "spoofed",
      "x-nul": "spoofed\0A=1",
    };
    const environment = cgiEnvironment(makeRequest({ headers }), manifest);
    expect(environment.filter((entry) => entry.includes("spoofed"))).to.deep.equal([]);
  });

  it("behavior: the manifest's variables never replace the request's", () => {
    const forged = {
      ...manifest,
      env: { REQUEST_METHOD: "FORGED", HTTP_HOST: "forged", QUERY_STRING: "forged" },
    };
    const environment = cgiEnvironment(makeRequest({ headers: { host: "real" } }), forged);
    expect(environment)
      .to.include("REQUEST_METHOD=POST")
      .and.include("HTTP_HOST=real")
      .and.include("QUERY_STRING=");
  });

  it("behavior: the call's own variables win over the manifest's, not over the request's", () => {
    const env = { KEY: "from the call", MORE: "more", REQUEST_METHOD: "FORGED", CONTENT_TYPE: "forged" };
    const environment = cgiEnvironment(makeRequest({ env }), manifest);
    expect(environment).to.include("KEY=from the call").and.include("MORE=more");
    expect(environment.join("\n")).not.to.match(/forged/i);
  });

  it("behavior: no port, no variable; an IPv6 host keeps its brackets", () => {
    const server = (host: string) =>
      cgiEnvironment(makeRequest({ headers: { host } }), manifest).filter((entry) =>
        entry.startsWith("SERVER_"),
      );
    expect(server("[::1]:80")).to.include("SERVER_NAME=[::1]").and.include("SERVER_PORT=80");
    expect(server("a.example")).to.include("SERVER_NAME=a.example").and.have.length(3);
    expect(server("not a host")).to.have.length(2);
  });

  it("behavior: any headers give sorted, unique names without zero bytes", () => {
    const headers = fc.dictionary(fc.string(), fc.string());
    fc.assert(
      fc.property(headers, fc.string(), (given, query) => {
        const environment = cgiEnvironment(makeRequest({ headers: given, query }), manifest);
        const names = environment.map((entry) => entry.slice(0, entry.indexOf("=")));
        expect(new Set(names).size).to.equal(names.length);
        expect(environment.join("")).not.to.contain("\0");
        for (const name of names) expect(name).to.match(/^[A-Z][A-Z0-9_]*$/);
      }),
    );
  });
});
