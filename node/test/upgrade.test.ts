import { copyFile, writeFile } from "node:fs/promises";
import { request } from "node:https";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { TLSSocket } from "node:tls";
import { createCaller } from "@millrace/sdk";
import { expect } from "chai";
import { attended, inState, startNode } from "./support/daemon.ts";
import { eventually } from "./support/eventually.ts";
import { fixtureModule } from "./support/fixtures.ts";
import { useSharedFolder } from "./support/folder.ts";
import { type Network, type RegisteredNode, startNetwork } from "./support/network.ts";
import { endProcesses, type NodeProcess, printLogsOfFailure } from "./support/processes.ts";

const fixture = (name: string) => new URL(`./fixtures/tls-${name}.pem`, import.meta.url);

describe("a node that is upgraded", function () {
  this.timeout(120_000);
  const folder = useSharedFolder();
  let network: Network;
  const registered: RegisteredNode[] = [];
  const nodes: NodeProcess[] = [];
  before(async () => {
    network = await startNetwork(folder(), 30);
    registered.push(await network.addNode(), await network.addNode());
    nodes.push(...(await Promise.all(registered.map((each) => startNode(each)))));
  });
  afterEach(function () {
    printLogsOfFailure(this.currentTest);
  });
  after(async () => {
    network.close();
    await endProcesses();
  });

  it("behavior: each worker is stopped and started again in turn; no call through the SDK fails", async () => {
    const deal = await network.createDeal(fixtureModule("echo"));
    await Promise.all(nodes.map((node) => attended(node)));
    await network.match(
      deal,
      registered.map(({ nodeId }) => nodeId),
    );
    await Promise.all(nodes.map((node) => inState(node, deal, "ready")));
    const caller = createCaller({ chain: network.developer });
    const failed: unknown[] = [];
    const answeredBy = new Set<number>();
    const calls: Promise<void>[] = [];
    const upgraded = new AbortController();
    const call = async () => {
      const body = `input ${Math.random()}`;
      const answer = await caller.call(deal, { body });
      answeredBy.add(answer.node);
      if (!new TextDecoder().decode(answer.body).endsWith(body)) failed.push(answer.error ?? answer.status);
    };
    const loading = (async () => {
      while (!upgraded.signal.aborted) {
        calls.push(call().catch((error: unknown) => void failed.push(error)));
        await delay(25);
      }
      await Promise.all(calls);
    })();
    for (const [index, each] of registered.entries()) {
      nodes[index]?.signal("SIGTERM");
      expect(await nodes[index]?.ended).to.equal(0);
      const again = await startNode(each);
      nodes[index] = again;
      await inState(again, deal, "ready");
    }
    upgraded.abort();
    await loading;
    expect(failed).to.deep.equal([]);
    expect([...answeredBy].sort()).to.deep.equal(registered.map(({ nodeId }) => nodeId));
  });

  it("behavior: serves by TLS, and takes up another certificate on SIGHUP and when the files change", async () => {
    const [node, each] = [nodes[0], registered[0]];
    if (node === undefined || each === undefined) throw new Error("no node");
    node.signal("SIGTERM");
    await node.ended;
    const tls = { certFile: "cert.pem", keyFile: "key.pem" };
    const files = { cert: join(each.configFile, "../cert.pem"), key: join(each.configFile, "../key.pem") };
    const use = async (name: string) => {
      await copyFile(fixture(`${name}.key`), files.key);
      await copyFile(fixture(`${name}.cert`), files.cert);
    };
    const port = each.config.listen.port;
    await use("first");
    const secure = await startNode(each, { tls, publicUrl: `https://localhost:${port}` });
    await eventually("the first certificate", async () => (await servedBy(port)) === "first");
    await use("second");
    secure.signal("SIGHUP");
    await eventually("the second", async () => (await servedBy(port)) === "second");
    await writeFile(files.cert, "no certificate");
    secure.signal("SIGHUP");
    await eventually("it says so", () => secure.output().includes("the one before stays"));
    expect(await servedBy(port)).to.equal("second");
    await use("first");
    await eventually("without any signal", async () => (await servedBy(port)) === "first");
    secure.signal("SIGTERM");
    expect(await secure.ended).to.equal(0);
  });

  it("error: tls-files-unusable for a certificate with another's key ends the process", async () => {
    const [each] = registered;
    if (each === undefined) throw new Error("no node");
    const certFile = fixture("first.cert").pathname;
    const node = await startNode(each, { tls: { certFile, keyFile: fixture("second.key").pathname } });
    expect(await node.ended).to.equal(1);
    expect(node.output()).to.contain("tls-files-unusable").and.to.contain("tls.keyFile");
  });
});

/** Which certificate a new connection to the node is served with. */
async function servedBy(port: number): Promise<string> {
  const names = ["first", "second"];
  const ca = names.map((name) => readFileSync(fixture(`${name}.cert`)));
  return new Promise((resolve, reject) => {
    const call = request({ host: "localhost", port, path: "/v1/health", ca, agent: false }, (answer) => {
      const { socket } = answer;
      const pem = socket instanceof TLSSocket ? socket.getPeerCertificate().raw.toString("base64") : "no TLS";
      answer.resume().once("end", () => {
        const found = names.find((name) =>
          readFileSync(fixture(`${name}.cert`), "utf8")
            .replaceAll("\n", "")
            .includes(pem),
        );
        resolve(found ?? "another");
      });
    });
    call.on("error", reject).end();
  });
}
