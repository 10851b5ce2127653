import { createServer, type Server } from "node:http";
import { once } from "node:events";
import { createApi, deriveEncryptionKey, signEncryptionKey, type ProbeItem } from "@millrace/sdk";
import { expect } from "chai";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { openTestApi, type TestApi } from "../support/api.ts";
import { addProvider, type TestNode } from "../support/market.ts";
import { startNetwork, type TestNetwork } from "../support/network.ts";

describe("POST /v1/probes on a real chain", function () {
  this.timeout(120_000);
  let network: TestNetwork;
  let open: TestApi;
  let guarded: TestApi;
  let nodes: TestNode[];
  const keys = [generatePrivateKey(), generatePrivateKey()] as const;
  const servers: Server[] = [];
  before(async () => {
    network = await startNetwork();
    const chain = await network.connectAs(1);
    const parameters = { deployment: network.deployment, chain: () => Promise.resolve(chain) };
    open = await openTestApi(parameters);
    guarded = await openTestApi({
      ...parameters,
      allowPrivateNodes: false,
      limits: { probesPerMinute: 20 },
    });
    nodes = await addProvider(network, 2, [
      { ask: 1n, privateKey: keys[0] },
      { ask: 1n, privateKey: keys[1] },
    ]);
  });
  after(async () => {
    for (const server of servers) {
      server.closeAllConnections();
      server.close();
    }
    await open.close();
    await guarded.close();
    await network.stop();
  });

  const probe = async ({ app }: TestApi, endpoint: string) => {
    const response = await app.inject({ method: "POST", url: "/v1/probes", payload: { endpoint } });
    expect(response.statusCode, response.body).to.equal(200);
    return response.json<ProbeItem>();
  };
  async function serve(
    status: number,
    body: string,
    headers = {},
  ): Promise<{ url: string; asked: string[] }> {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(`${request.method} ${request.url}`);
      response.writeHead(status, headers).end(body);
    });
    servers.push(server);
    await once(server.listen(0, "127.0.0.1"), "listening");
    const bound = server.address();
    if (typeof bound !== "object" || bound === null) throw new Error("no address");
    return { url: `http://127.0.0.1:${bound.port}`, asked };
  }
  async function statusOf(nodeId: number, privateKey: `0x${string}`): Promise<string> {
    const account = privateKeyToAccount(privateKey);
    const { publicKey } = await deriveEncryptionKey(privateKey);
    const { deployment } = network;
    const encryption = await signEncryptionKey({ deployment, account, node: nodeId, publicKey });
    return JSON.stringify({ nodeId, operator: account.address, encryption, secret: "not for strangers" });
  }
  const idOf = (index: number) => nodes[index]?.node ?? 0;

  it("default: names the node that answers, by the key that signed, and nothing else of its answer", async () => {
    const { url } = await serve(200, await statusOf(idOf(0), keys[0]));
    expect(await probe(open, `${url}/`)).to.deep.equal({
      code: "node",
      sentence: `Node ${idOf(0)} answers at ${url}/.`,
      node: idOf(0),
      operator: privateKeyToAccount(keys[0]).address,
    });
    const socket = await open.app.listen({ host: "127.0.0.1", port: 0 });
    expect((await createApi(socket).probe(url)).code).to.equal("node");
  });

  it("behavior: who only says to be a node is none", async () => {
    const stranger = generatePrivateKey();
    const claims = [
      await statusOf(idOf(0), stranger),
      await statusOf(idOf(1), keys[0]),
      JSON.stringify({ nodeId: idOf(0), operator: privateKeyToAccount(keys[0]).address }),
      "secret",
      JSON.stringify("a".repeat(5 * 2 ** 20)),
    ];
    for (const body of claims) {
      const found = await probe(open, (await serve(200, body)).url);
      expect(found).to.include({ code: "not-a-node", node: null, operator: null });
      expect(JSON.stringify(found)).not.to.include("secret");
    }
  });

  it("behavior: does not follow a redirection", async () => {
    const target = await serve(200, await statusOf(idOf(0), keys[0]));
    const { url } = await serve(302, "", { location: `${target.url}/v1/status` });
    expect((await probe(open, url)).code).to.equal("not-a-node");
    expect(target.asked).to.deep.equal([]);
  });

  it("behavior: says why nothing is reached", async () => {
    const server = createServer();
    await once(server.listen(0, "127.0.0.1"), "listening");
    const bound = server.address();
    const port = typeof bound === "object" && bound !== null ? bound.port : 0;
    server.close();
    await once(server, "close");
    const found = await probe(open, `http://127.0.0.1:${port}`);
    expect(found.code).to.equal("node-unreachable");
    expect(found.sentence).to.match(/cannot be reached from here: the connection is refused\.$/);
  });

  it("behavior: private addresses are not called, however they are written", async () => {
    const { url, asked } = await serve(200, await statusOf(idOf(0), keys[0]));
    const { port } = new URL(url);
    for (const host of [
      "127.0.0.1",
      "localhost",
      "2130706433",
      "[::ffff:127.0.0.1]",
      "0",
      "169.254.169.254",
    ]) {
      const found = await probe(guarded, `http://${host}:${port}`);
      expect(found, host).to.include({ code: "endpoint-private", node: null });
    }
    for (const bad of ["file:///etc/passwd", "ftp://93.184.216.34", "http://u:p@93.184.216.34", "nonsense"])
      expect((await probe(guarded, bad)).code, bad).to.equal("endpoint-invalid");
    expect(asked).to.deep.equal([]);
  });

  it("error: more than the limit from one address", async () => {
    const ask = () => guarded.app.inject({ method: "POST", url: "/v1/probes", payload: { endpoint: "x" } });
    let refused = await ask();
    for (let count = 0; count < 20 && refused.statusCode === 200; count++) refused = await ask();
    expect(refused.statusCode).to.equal(429);
    expect(refused.json<{ error: { code: string } }>().error.code).to.equal("rate-limited");
  });
});
