import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { readPassword } from "../../src/config/password.ts";
import { parseConfig, readConfig } from "../../src/config/readConfig.ts";
import { expectError } from "../support/expectError.ts";
import { useFolder } from "../support/folder.ts";

const file = {
  rpcUrl: "http://127.0.0.1:8545",
  deployment: "deployments/devnet.json",
  blobSources: ["http://127.0.0.1:4000"],
  dataFolder: "data",
  listen: { host: "127.0.0.1", port: 0 },
  publicUrl: "http://node.example",
  nodeId: 1,
  keystore: "/keys/operator.json",
};

describe("parseConfig", () => {
  it("default: fills in defaults and makes paths absolute from the file's folder", () => {
    const config = parseConfig(file, "/etc/millrace");
    expect(config.deployment).to.equal("/etc/millrace/deployments/devnet.json");
    expect(config.dataFolder).to.equal("/etc/millrace/data");
    expect(config.keystore).to.equal("/keys/operator.json");
    expect(config.pollIntervalMs).to.equal(500);
    expect(config.passwordFile).to.equal(undefined);
  });

  it("behavior: what the file sets wins over the defaults", () => {
    expect(parseConfig({ ...file, pollIntervalMs: 1000 }, "/").pollIntervalMs).to.equal(1000);
  });

  const cases: [string, unknown, string][] = [
    ["a missing field", { ...file, rpcUrl: undefined }, "set rpcUrl to the http(s) URL of an RPC endpoint"],
    ["a wrong scheme", { ...file, rpcUrl: "ws://x" }, "set rpcUrl to the http(s) URL"],
    ["a nested field", { ...file, listen: { host: "::", port: 70000 } }, "set listen.port to a port from 0"],
    [
      "a missing nested field",
      { ...file, listen: { port: 1 } },
      "set listen.host to the address to listen on",
    ],
    ["an unknown field", { ...file, rpcURL: "http://x" }, "remove rpcURL, it is not a setting"],
    [
      "a list's element",
      { ...file, blobSources: ["nonsense"] },
      "set blobSources.0 to the http(s) URL of a backend",
    ],
    ["a node id of 0", { ...file, nodeId: 0 }, "set nodeId to the node's id"],
    ["no object", [], "JSON object"],
  ];
  for (const [what, value, sentence] of cases) {
    it(`error: config-invalid names ${what} and says what to do`, async () => {
      const plain: unknown = JSON.parse(JSON.stringify(value));
      const error = await expectError(() => parseConfig(plain, "/"), "config-invalid");
      expect(error.message).to.contain(sentence);
    });
  }

  it("error: config-invalid for a node that both brings attendances and hands over its own", async () => {
    const both = { ...file, relayAttendances: true, attendanceRelay: "http://127.0.0.1:9001" };
    const error = await expectError(() => parseConfig(both, "/"), "config-invalid");
    expect(error.message).to.contain("exclude each other");
    expect(parseConfig({ ...both, attendanceRelay: undefined }, "/").relayAttendances).to.equal(true);
  });

  it("behavior: names every wrong field at once", async () => {
    const error = await expectError(
      () => parseConfig({ ...file, nodeId: "1", publicUrl: 3 }, "/"),
      "config-invalid",
    );
    expect(error.message).to.contain("nodeId").and.to.contain("publicUrl");
  });
});

describe("readConfig", () => {
  const folder = useFolder();

  it("default: reads the file, relative paths start at its folder", async () => {
    const path = join(folder(), "node.json");
    await writeFile(path, JSON.stringify(file));
    expect((await readConfig(path)).dataFolder).to.equal(join(folder(), "data"));
  });

  it("error: config-missing", async () => {
    await expectError(readConfig(join(folder(), "none.json")), "config-missing");
  });

  it("error: config-not-json", async () => {
    const path = join(folder(), "node.json");
    await writeFile(path, "{ rpcUrl: ");
    await expectError(readConfig(path), "config-not-json");
  });
});

describe("readPassword", () => {
  const folder = useFolder();

  it("default: the first line of the file", async () => {
    const path = join(folder(), "password");
    await writeFile(path, "open sesame\nmore\n");
    expect(await readPassword(path, { MILLRACE_KEYSTORE_PASSWORD: "other" })).to.equal("open sesame");
  });

  it("behavior: the environment without a file", async () => {
    expect(await readPassword(undefined, { MILLRACE_KEYSTORE_PASSWORD: "other" })).to.equal("other");
  });

  it("error: password-missing", async () => {
    await expectError(readPassword(undefined, {}), "password-missing");
    await expectError(readPassword(join(folder(), "none"), {}), "password-missing");
  });
});
