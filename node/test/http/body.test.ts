import { request } from "node:http";
import { expect } from "chai";
import { type CallNode, openCallNode, settled } from "../support/callNode.ts";
import { fixtureModule } from "../support/fixtures.ts";
import { useFolder } from "../support/folder.ts";

const mebibyte = 1024 * 1024;

describe("request bodies over a real socket", () => {
  const folder = useFolder();
  let node: CallNode;
  let url = "";
  beforeEach(async () => {
    const limits = { timeoutMs: 5000, memoryMiB: 64, inputMiB: 2, outputMiB: 4 };
    const module = fixtureModule("echo", { limits });
    node = await openCallNode({
      folder: folder(),
      deals: [{ deal: 1n, module }],
      bodyBudgetBytes: 3 * mebibyte,
    });
    await settled(node.table);
    url = `${await node.app.listen({ host: "127.0.0.1", port: 0 })}/v1/deals/1/call`;
  });
  afterEach(() => node.close());

  it("default: a body as large as the limit arrives whole", async () => {
    const body = Buffer.alloc(2 * mebibyte, "z");
    const answer = await fetch(url, { method: "POST", body });
    expect(answer.status).to.equal(200);
    expect((await answer.text()).endsWith(body.toString())).to.equal(true);
  });

  it("error: body-too-large for an announced gigabyte, at once", async () => {
    const { status, body, sentBytes } = await send(url, { "content-length": 2 ** 30 });
    expect(status).to.equal(413);
    expect(body).to.contain("body-too-large");
    expect(sentBytes).to.be.below(2 ** 30);
  });

  it("error: body-too-large for a body without a length, and the memory is given back", async () => {
    for (let round = 0; round < 5; round += 1) {
      const { status } = await send(url, {});
      expect(status).to.equal(413);
    }
    const answer = await fetch(url, { method: "POST", body: Buffer.alloc(2 * mebibyte) });
    expect(answer.status).to.equal(200);
  });

  it("error: node-busy when bodies together are more than the node's memory for them", async () => {
    const held = request(url, { method: "POST", headers: { "content-length": 2 * mebibyte } });
    held.on("error", () => undefined);
    held.write(Buffer.alloc(2 * mebibyte - 1));
    await new Promise((resolve) => setTimeout(resolve, 200));
    const answer = await fetch(url, { method: "POST", body: Buffer.alloc(2 * mebibyte) });
    expect(answer.status).to.equal(429);
    expect(await answer.text()).to.contain("node-busy");
    held.destroy();
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect((await fetch(url, { method: "POST", body: Buffer.alloc(2 * mebibyte) })).status).to.equal(200);
  });
});

/** Sends zeros until the answer is there. */
async function send(
  url: string,
  headers: Record<string, number>,
): Promise<{ status: number; body: string; sentBytes: number }> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { method: "POST", headers });
    const chunk = Buffer.alloc(64 * 1024);
    let sentBytes = 0;
    let done = false;
    const more = () => {
      while (!done && sentBytes < 2 ** 30) {
        sentBytes += chunk.length;
        if (!outgoing.write(chunk)) return;
      }
    };
    outgoing.on("drain", more);
    outgoing.on("error", (error) => (done ? undefined : reject(error)));
    outgoing.on("response", (response) => {
      done = true;
      let body = "";
      response.setEncoding("utf8");
      response.on("data", (text: string) => (body += text));
      response.on("end", () => {
        outgoing.destroy();
        resolve({ status: response.statusCode ?? 0, body, sentBytes });
      });
    });
    more();
  });
}
