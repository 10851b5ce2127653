import { MillraceError } from "@millrace/sdk";
import { expect } from "chai";
import { parseConfig } from "../../src/config/config.ts";

const least = { RPC_URL: "http://127.0.0.1:8545", DEPLOYMENT_FILE: "devnet.json", DATA_FOLDER: "data" };

describe("parseConfig", () => {
  it("default: three variables are enough", () => {
    const config = parseConfig(least);
    expect(config).to.include({
      rpcUrl: least.RPC_URL,
      port: 8080,
      databaseUrl: undefined,
      logLevel: "info",
    });
    expect(config.finality).to.deep.equal({ depth: 64 });
    expect([...config.roles]).to.deep.equal(["indexer", "matcher", "keeper", "api"]);
  });

  it("behavior: reads numbers, lists and pairs; an empty variable counts as not set", () => {
    const config = parseConfig({
      ...least,
      PORT: "0",
      FINALITY_DEPTH: "5",
      ROLES: "api,indexer,gateway",
      GAS_CAP_PER_HOUR: "0.25",
      KEYSTORE: "key.json",
      KEYSTORE_PASSWORD_FILE: "password",
      DATABASE_URL: "",
    });
    expect(config).to.deep.include({
      port: 0,
      finality: { depth: 5 },
      roles: new Set(["api", "indexer", "gateway"]),
      gasCapPerHour: 250_000_000_000_000_000n,
      keystore: { file: "key.json", passwordFile: "password" },
      databaseUrl: undefined,
    });
    expect(parseConfig({ ...least, FINALITY_DEPTH: "tag" }).finality).to.equal("tag");
  });

  it("behavior: a gateway alone needs no data folder, and calls no private addresses unless told to", () => {
    const { RPC_URL, DEPLOYMENT_FILE } = least;
    const config = parseConfig({
      RPC_URL,
      DEPLOYMENT_FILE,
      ROLES: "gateway",
      GATEWAY_HOST_SUFFIX: "run.local",
    });
    expect(config).to.deep.include({
      roles: new Set(["gateway"]),
      gatewayHostSuffix: "run.local",
      allowPrivateNodes: false,
    });
    const devnet = parseConfig({ ...least, GATEWAY_ALLOW_PRIVATE_NODES: "true" });
    expect(devnet.allowPrivateNodes).to.equal(true);
    expect(messageOf({ RPC_URL, DEPLOYMENT_FILE, ROLES: "gateway,api" })).to.contain("DATA_FOLDER isn't set");
  });

  it("behavior: trusted proxies are addresses and ranges of both kinds", () => {
    const TRUSTED_PROXIES = "127.0.0.1,10.0.0.0/8,::1,fd00::/8";
    expect(parseConfig({ ...least, TRUSTED_PROXIES }).trustedProxies).to.deep.equal(
      TRUSTED_PROXIES.split(","),
    );
    expect(parseConfig(least).trustedProxies).to.deep.equal([]);
  });

  it("behavior: a scaler knows its gateways and when to change a target", () => {
    const SCALE_GATEWAYS = "http://10.0.0.5:8090/,https://run.example.org";
    const { scale } = parseConfig({
      ...least,
      ROLES: "indexer,scaler",
      SCALE_GATEWAYS,
      SCALE_UP_SECONDS: "5",
    });
    expect(scale).to.deep.equal({
      gateways: ["http://10.0.0.5:8090", "https://run.example.org"],
      rules: { upCalls: 16, upAfterMs: 5_000, downCalls: 4, downAfterMs: 900_000 },
    });
  });

  const faults: [string, Record<string, string>, string[]][] = [
    ["what is missing", {}, ["RPC_URL isn't set", "DEPLOYMENT_FILE isn't set", "DATA_FOLDER isn't set"]],
    ["a port out of range", { ...least, PORT: "70000" }, ['PORT is "70000"; it must be a port from 0']],
    [
      "a proxy that is no address",
      { ...least, TRUSTED_PROXIES: "127.0.0.1,proxy" },
      ['TRUSTED_PROXIES is "127'],
    ],
    ["a range that is none", { ...least, TRUSTED_PROXIES: "10.0.0.0/33" }, ["TRUSTED_PROXIES is"]],
    ["no number", { ...least, POLL_INTERVAL_MS: "often" }, ['POLL_INTERVAL_MS is "often"']],
    ["an unknown role", { ...least, ROLES: "api,miner" }, ['ROLES is "api,miner"', "indexer, matcher"]],
    ["a key without password", { ...least, KEYSTORE: "key.json" }, ["KEYSTORE_PASSWORD_FILE isn't"]],
    ["a cap that is no amount", { ...least, GAS_CAP_PER_HOUR: "1e3" }, ['GAS_CAP_PER_HOUR is "1e3"']],
    [
      "a scaler without a gateway",
      { ...least, ROLES: "indexer,scaler" },
      ["the role scaler has no gateway to ask; add the role gateway, or set SCALE_GATEWAYS"],
    ],
    [
      "thresholds between which a target would swing",
      { ...least, ROLES: "indexer,scaler,gateway", SCALE_UP_CALLS: "7" },
      ["SCALE_DOWN_CALLS is more than half of SCALE_UP_CALLS"],
    ],
    ["a gateway without http", { ...least, SCALE_GATEWAYS: "10.0.0.5:8090" }, ["SCALE_GATEWAYS is"]],
    ["several at once", { ...least, PORT: "x", LOG_LEVEL: "loud" }, ["PORT is", "LOG_LEVEL is"]],
  ];
  for (const [title, env, parts] of faults)
    it(`error: config-invalid names ${title}`, () => {
      for (const part of parts) expect(messageOf(env)).to.contain(part);
    });

  it("error: config-invalid doesn't show a database's password or an RPC end's key", () => {
    expect(messageOf({ ...least, RPC_URL: "wss://rpc.example.org/secret" }))
      .to.contain("RPC_URL can't be read")
      .and.not.to.contain("secret");
    expect(messageOf({ ...least, DATABASE_URL: "mysql://user:secret@host/db" }))
      .to.contain("DATABASE_URL can't be read")
      .and.not.to.contain("secret");
  });
});

function messageOf(env: Record<string, string>): string {
  try {
    parseConfig(env);
  } catch (error) {
    expect(error).to.be.instanceOf(MillraceError).with.property("code", "config-invalid");
    return (error as MillraceError).message;
  }
  throw new Error("It was accepted");
}
