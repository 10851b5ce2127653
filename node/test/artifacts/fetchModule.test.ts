import { randomBytes } from "node:crypto";
import { moduleCid } from "@millrace/sdk";
import { expect } from "chai";
import { fetchModule } from "../../src/artifacts/fetchModule.ts";
import { expectError } from "../support/expectError.ts";
import { useHttpServers } from "../support/httpServer.ts";

const maxBytes = 100_000;

describe("fetchModule", () => {
  const serve = useHttpServers();
  const bytes = randomBytes(50_000);
  let cid = "";
  before(async () => {
    cid = await moduleCid(bytes);
  });

  it("default: asks /v1/blobs/<cid> and returns the verified bytes", async () => {
    const source = await serve((request, response) => {
      response.writeHead(request.url === `/v1/blobs/${cid}` ? 200 : 404).end(bytes);
    });
    expect(Buffer.compare(await fetchModule(`${source}/`, cid, { maxBytes }), bytes)).to.equal(0);
  });

  it("error: blob-mismatch for other bytes", async () => {
    const source = await serve((_request, response) => response.end(randomBytes(50_000)));
    await expectError(fetchModule(source, cid, { maxBytes }), "blob-mismatch");
  });

  it("error: source-failed for a body that is cut off", async () => {
    const source = await serve((_request, response) => {
      response.writeHead(200, { "content-length": bytes.length });
      response.write(bytes.subarray(0, 20_000), () => response.destroy());
    });
    await expectError(fetchModule(source, cid, { maxBytes }), "source-failed");
  });

  it("error: module-too-large by its announced length, without reading it", async () => {
    let sent = 0;
    const source = await serve((_request, response) => {
      response.writeHead(200, { "content-length": 2 ** 40 });
      response.on("drain", () => {
        sent += 1;
        response.write(randomBytes(10_000));
      });
      response.write(randomBytes(10_000));
    });
    await expectError(fetchModule(source, cid, { maxBytes }), "module-too-large");
    expect(sent).to.be.below(1000);
  });

  it("error: module-too-large for a body without length that does not end", async () => {
    const source = await serve((_request, response) => {
      const more = () => {
        while (!response.destroyed && response.write(Buffer.alloc(10_000)));
      };
      response.on("drain", more);
      more();
    });
    await expectError(fetchModule(source, cid, { maxBytes }), "module-too-large");
  });

  it("error: source-failed for an error status, a redirect and an offline source, with the reason", async () => {
    const missing = await serve((_request, response) => response.writeHead(404).end());
    expect((await expectError(fetchModule(missing, cid, { maxBytes }), "source-failed")).message).to.contain(
      "404",
    );
    const elsewhere = await serve((_request, response) =>
      response.writeHead(302, { location: missing }).end(),
    );
    await expectError(fetchModule(elsewhere, cid, { maxBytes }), "source-failed");
    const offline = await expectError(fetchModule("http://127.0.0.1:1", cid, { maxBytes }), "source-failed");
    expect(offline.retryable).to.equal(true);
  });
});
