import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { readdir, truncate } from "node:fs/promises";
import { request, type IncomingMessage } from "node:http";
import { connect } from "node:net";
import { join } from "node:path";
import { Readable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { moduleCid } from "@millrace/sdk";
import { expect } from "chai";
import { nowhere, openTestApi, unreachable, type TestApi } from "../support/api.ts";

const maxBytes = 256 * 1024;

describe("/v1/blobs over a socket", () => {
  let api: TestApi;
  let url: string;
  before(async () => {
    api = await openTestApi({
      deployment: nowhere,
      chain: unreachable(nowhere),
      limits: { blobMaxBytes: maxBytes },
      blobQuotaBytes: 2 ** 20,
    });
    url = await api.app.listen({ host: "127.0.0.1", port: 0 });
  });
  after(() => api.close());

  const post = (body: Uint8Array, query = "", headers: Record<string, string> = {}) =>
    fetch(`${url}/v1/blobs${query}`, { method: "POST", body: Uint8Array.from(body), headers });
  const codeOf = async (response: Response) =>
    ((await response.json()) as { error: { code: string; message: string; requestId: string } }).error;
  const leftOver = () => readdir(join(api.folder, "blobs/tmp"));

  it("default: takes raw bytes of any content type and serves them, cacheable for ever", async () => {
    for (const type of ["application/wasm", "application/json", "text/plain", ""]) {
      const bytes = randomBytes(10_000);
      const cid = await moduleCid(bytes);
      const created = await post(bytes, "", type === "" ? {} : { "content-type": type });
      expect(created.status, type).to.equal(201);
      expect(await created.json()).to.deep.equal({ cid, sizeBytes: 10_000 });
      const fetched = await fetch(`${url}/v1/blobs/${cid}`);
      expect(Buffer.from(await fetched.arrayBuffer())).to.deep.equal(bytes);
      expect(fetched.headers.get("content-length")).to.equal("10000");
      expect(fetched.headers.get("cache-control")).to.equal("public, max-age=31536000, immutable");
      const etag = fetched.headers.get("etag") ?? "";
      const again = await fetch(`${url}/v1/blobs/${cid}`, { headers: { "if-none-match": etag } });
      expect(again.status).to.equal(304);
      const head = await fetch(`${url}/v1/blobs/${cid}`, { method: "HEAD" });
      expect([head.status, head.headers.get("content-length")]).to.deep.equal([200, "10000"]);
    }
  });

  it("behavior: a second upload answers 200 with the same CID", async () => {
    const bytes = randomBytes(100);
    expect((await post(bytes)).status).to.equal(201);
    expect((await post(bytes, `?cid=${await moduleCid(bytes)}`)).status).to.equal(200);
    expect((await post(bytes)).status).to.equal(200);
  });

  it("error: cid-mismatch, blob-empty, blob-unknown", async () => {
    const other = await moduleCid(randomBytes(9));
    const mismatch = await post(randomBytes(100), `?cid=${other}`);
    expect(mismatch.status).to.equal(422);
    expect(await codeOf(mismatch)).to.include({ code: "cid-mismatch" });
    const empty = await fetch(`${url}/v1/blobs`, { method: "POST" });
    expect([empty.status, (await codeOf(empty)).code]).to.deep.equal([400, "blob-empty"]);
    const unknown = await fetch(`${url}/v1/blobs/${other}`);
    expect(unknown.status).to.equal(404);
    expect((await codeOf(unknown)).message).to.contain(other);
  });

  it("error: blob-corrupted once, then unknown", async () => {
    const bytes = randomBytes(20_000);
    const cid = await moduleCid(bytes);
    await post(bytes);
    await truncate(join(api.folder, "blobs", cid), 10);
    const corrupted = await fetch(`${url}/v1/blobs/${cid}`);
    expect([corrupted.status, (await codeOf(corrupted)).code]).to.deep.equal([500, "blob-corrupted"]);
    expect((await fetch(`${url}/v1/blobs/${cid}`)).status).to.equal(404);
    expect((await post(bytes)).status).to.equal(201);
    expect((await fetch(`${url}/v1/blobs/${cid}`)).status).to.equal(200);
  });

  it("error: a declared gigabyte is refused before its body is read", async () => {
    const upload = request(`${url}/v1/blobs`, {
      method: "POST",
      headers: { "content-length": String(2 ** 30) },
    });
    upload.on("error", () => undefined);
    upload.write(randomBytes(1_000));
    const [response] = (await once(upload, "response")) as [IncomingMessage];
    expect(response.statusCode).to.equal(413);
    const body = Buffer.concat((await response.toArray()) as Buffer[]).toString();
    expect(body).to.contain("blob-too-large").and.to.contain(`${maxBytes} bytes (0.3 MiB)`);
    upload.destroy();
  });

  it("error: a gigabyte in chunks is cut off at the limit", async () => {
    const before = process.memoryUsage.rss();
    const upload = request(`${url}/v1/blobs`, { method: "POST" });
    upload.on("error", () => undefined);
    const answered = once(upload, "response") as Promise<[IncomingMessage]>;
    const gigabyte = Readable.from(repeat(randomBytes(64 * 1024), 16_384));
    gigabyte.pipe(upload);
    const [response] = await answered;
    expect(response.statusCode).to.equal(413);
    response.resume();
    await once(response, "close");
    gigabyte.destroy();
    upload.destroy();
    expect(process.memoryUsage.rss() - before).to.be.below(200 * 2 ** 20);
    expect(await leftOver()).to.deep.equal([]);
  });

  it("behavior: a client that vanishes in the middle leaves nothing", async () => {
    const { port } = new URL(url);
    const socket = connect(Number(port), "127.0.0.1");
    await once(socket, "connect");
    socket.write(`POST /v1/blobs HTTP/1.1\r\nhost: x\r\ncontent-length: 100000\r\n\r\n`);
    socket.write(randomBytes(50_000));
    await delay(100);
    expect(await leftOver()).to.have.length(1);
    socket.destroy();
    for (let tries = 0; tries < 50 && (await leftOver()).length > 0; tries++) await delay(20);
    expect(await leftOver()).to.deep.equal([]);
  });

  it("error: blob-quota-exhausted with figures, and nothing lost", async () => {
    const stored: string[] = [];
    for (let count = 0; count < 10; count++) {
      const response = await post(randomBytes(200_000));
      if (response.status === 201) {
        stored.push(((await response.json()) as { cid: string }).cid);
        continue;
      }
      expect(response.status).to.equal(507);
      const { code, message } = await codeOf(response);
      expect(code).to.equal("blob-quota-exhausted");
      expect(message).to.contain("of 1 MiB are in use");
    }
    expect(stored).to.have.length.within(3, 5);
    for (const cid of stored) expect((await fetch(`${url}/v1/blobs/${cid}`)).status).to.equal(200);
  });

  it("error: what isn't HTTP gets the error shape too", async () => {
    const { port } = new URL(url);
    const socket = connect(Number(port), "127.0.0.1");
    socket.write("NONSENSE\r\n\r\n");
    const [data] = (await once(socket, "data")) as [Buffer];
    expect(data.toString())
      .to.match(/^HTTP\/1.1 400 /)
      .and.to.contain('"code":"request-invalid"');
    socket.destroy();
  });
});

describe("the end of the API", () => {
  it("behavior: a client in the middle of a request does not hold it up", async function () {
    this.timeout(60_000);
    const api = await openTestApi({ deployment: nowhere, chain: unreachable(nowhere) });
    const { port } = new URL(await api.app.listen({ port: 0, host: "127.0.0.1" }));
    const socket = connect(Number(port), "127.0.0.1");
    socket.on("error", () => undefined);
    socket.write("POST /v1/blobs HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\nhalf of it");
    await once(api.app.server, "request");
    // Without an end of its own the server would wait for the rest of the request, two minutes.
    await api.close();
    socket.destroy();
  });
});

function* repeat(chunk: Buffer, times: number) {
  for (let count = 0; count < times; count++) yield chunk;
}
