import { randomBytes } from "node:crypto";
import { cp, mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createApi, moduleCid } from "@millrace/sdk";
import { expect } from "chai";
import { millrace, millraceJson, scratchFolder, type Setting } from "../../cli/test/support/millrace.ts";
import { startDevnet, type Devnet } from "../../scripts/devnet/devnet.ts";
import { root, threeNodes, until } from "./support.ts";

/** A script under a real deal: from the developer's folder to answers through the gateway. */
describe("a script on a network", function () {
  this.timeout(300_000);
  let net: Devnet;
  let setting: Setting;
  let remove: () => Promise<void>;
  let deal: string;
  const json = <T>(...args: string[]) => millraceJson<T>(setting, args);
  const mark = randomBytes(6).toString("hex");

  async function writeScript(text: string): Promise<void> {
    await mkdir(join(setting.cwd, "scripted"), { recursive: true });
    await cp(join(root, "sandbox/test/fixtures/runtime.wasm"), join(setting.cwd, "scripted/runtime.wasm"));
    await writeFile(join(setting.cwd, "scripted/script.txt"), text);
    const manifest = { name: "scripted", runtime: "./runtime.wasm", script: "script.txt", answer: "cgi" };
    await writeFile(join(setting.cwd, "scripted/millrace.json"), JSON.stringify(manifest));
  }

  before(async () => {
    const scratch = await scratchFolder();
    setting = { cwd: scratch.folder };
    ({ remove } = scratch);
    net = await startDevnet({
      ...{ folder: join(scratch.folder, ".millrace/devnet"), epochDuration: 5, finalityDepth: 5 },
      nodes: threeNodes.slice(0, 2),
    });
  });
  after(async () => {
    await net.stop();
    await remove();
  });

  it("deploy stores the runtime beside the script; the nodes fetch both and come to the same commitment", async () => {
    await writeScript(`Status: 404 Not Found\nX-Mark: ${mark}\nContent-Type: text/html\n\n`);
    const deployed = await json<{ deal: string; cid: string }>(
      ...["function", "deploy", "scripted", "--workers", "2", "--limit", "0.002", "--epochs", "60"],
    );
    deal = deployed.deal;
    const runtime = await moduleCid(await readFile(join(setting.cwd, "scripted/runtime.wasm")));
    const api = createApi(net.apiUrl);
    expect([await api.hasBlob(runtime), await api.hasBlob(deployed.cid)]).to.deep.equal([true, true]);
    expect(await api.hasBlob(`bafkrei${"a".repeat(52)}`)).to.equal(false);
    const shown = await json<{ modules: { all: { functionCommitment: string }[] } }>("deal", "show", deal);
    const seen = await json<{ functionCommitment: string }>("function", "inspect", "scripted");
    expect(shown.modules.all[0]?.functionCommitment).to.equal(seen.functionCommitment);
    const folders = await readdir(net.folder, { recursive: true });
    expect(folders.filter((path) => path.endsWith(`/modules/${runtime}`)).length).to.be.greaterThan(0);
  });

  it("its status, headers and body come through a node, the gateway, deal call and function test", async () => {
    const answers = async (url: string) => {
      const response = await fetch(url, { method: "POST", body: "nobody" });
      const { status, headers } = response;
      return [status, headers.get("x-mark"), headers.get("content-type"), await response.text()];
    };
    const expected = [404, mark, "text/html", "nobody"];
    await until(
      "the gateway answers",
      async () => (await answers(`${net.gatewayUrl}/run/${deal}/x`))[0] === 404,
    );
    expect(await answers(`${net.gatewayUrl}/run/${deal}/x`)).to.deep.equal(expected);
    for (const { endpoint } of net.nodes)
      expect(await answers(`${endpoint}/v1/deals/${deal}/call/x`)).to.deep.equal(expected);
    const called = await json<{ status: number; headers: Record<string, string>; body: string }>(
      ...["deal", "call", deal, "--body", "nobody"],
    );
    expect(called).to.include({ status: 404, body: "nobody" });
    expect(called.headers).to.include({ "x-mark": mark });
    expect(await json("function", "test", "scripted", "--body", "nobody")).to.include({ status: 404 });
  });

  it("a function's own 404 or 503 without a body is its answer, and the gateway asks nobody else", async () => {
    await writeScript("Status: 503\n\n");
    await json("deal", "update", deal, "scripted");
    await until(
      "the new version answers",
      async () => (await fetch(`${net.gatewayUrl}/run/${deal}/x`)).status === 503,
    );
    const response = await fetch(`${net.gatewayUrl}/run/${deal}/x`);
    expect([response.headers.get("millrace-attempts"), await response.text()]).to.deep.equal(["1", ""]);
    const { exitCode } = await millrace(setting, ["deal", "call", deal]);
    expect(exitCode).to.equal(1);
  });
});
