import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { expect } from "chai";
import { zeroAddress, zeroHash } from "viem";
import { allItems, createApi, moduleCid, termsFromJson, termsToJson, type OfferItem } from "@millrace/sdk";
import { failureOf } from "./support/errors.ts";
import { listen } from "./support/listen.ts";
import { addressOf, deployment } from "./support/values.ts";

type Handler = (request: IncomingMessage & { body: Buffer }, response: ServerResponse) => void;

describe("createApi", () => {
  let url: string;
  let stop: () => Promise<void>;
  let handler: Handler = () => undefined;
  let requests: string[] = [];

  before(async () => {
    const server = createServer((request, response) => {
      void (async () => {
        const chunks: Buffer[] = [];
        for await (const chunk of request) chunks.push(chunk as Buffer);
        requests.push(`${request.method ?? ""} ${request.url ?? ""}`);
        handler(Object.assign(request, { body: Buffer.concat(chunks) }), response);
      })();
    });
    ({ url, stop } = await listen(server));
  });
  after(() => stop());
  beforeEach(() => (requests = []));
  const json = (value: unknown, status = 200) => {
    handler = (_request, response) => {
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
    };
  };
  const offer = (node: number): OfferItem => ({
    node,
    provider: 1,
    token: addressOf(1),
    askPerUnitEpoch: "1000",
    on: true,
    freeUnits: 4,
    changedAtBlock: 9,
  });
  const page = (items: unknown[], next: string | null = null) => ({
    asOfBlock: 5,
    finalizedBlock: 3,
    items,
    next,
  });

  it("default: asks with the query and returns the checked page", async () => {
    json(page([offer(1)]));
    const { items } = await createApi(`${url}/`).offers({ token: addressOf(1), limit: 2 });
    expect(items).to.deep.equal([offer(1)]);
    expect(requests).to.deep.equal([`GET /v1/offers?token=${addressOf(1)}&limit=2`]);
  });

  it("behavior: allItems walks through the pages", async () => {
    handler = (request, response) => {
      const second = (request.url ?? "").includes("cursor=two");
      response.end(JSON.stringify(second ? page([offer(2)]) : page([offer(1)], "two")));
    };
    const nodes = [];
    for await (const { node } of allItems(createApi(url).offers, {})) nodes.push(node);
    expect(nodes).to.deep.equal([1, 2]);
  });

  it("behavior: a module is verified on its way up and down", async () => {
    const bytes = new Uint8Array([0, 97, 115, 109, 255]);
    const cid = await moduleCid(bytes);
    handler = (request, response) => {
      if (request.method === "GET") return response.end(bytes);
      expect(new Uint8Array(request.body)).to.deep.equal(bytes);
      return response.writeHead(201).end(JSON.stringify({ cid, sizeBytes: request.body.length }));
    };
    const api = createApi(url);
    expect(await api.uploadBlob(bytes)).to.deep.equal({ cid, sizeBytes: 5 });
    expect(await api.fetchBlob(cid)).to.deep.equal(bytes);
    handler = (request, response) => {
      if (request.method === "GET") return response.end("something else");
      return response.end(JSON.stringify({ cid: cid.replace(/.$/, "b"), sizeBytes: 5 }));
    };
    expect((await failureOf(() => api.uploadBlob(bytes))).code).to.equal("blob-mismatch");
    expect((await failureOf(() => api.fetchBlob(cid))).code).to.equal("blob-mismatch");
    expect((await failureOf(() => api.fetchBlob("../health"))).code).to.equal("cid-invalid");
  });

  it("behavior: a quote sends the terms in words", async () => {
    const terms = termsFromJson({
      ...termsToJsonOf(),
      constraints: [{ attribute: "country", operator: "notEqual", value: "17477", attester: zeroAddress }],
    });
    handler = (request, response) => {
      expect(JSON.parse(request.body.toString())).to.deep.equal({ terms: termsToJson(terms), deposit: "7" });
      const item = {
        minimumDeposit: "1",
        maximumRatePerEpoch: "2",
        fundedEpochs: "3",
        fundedThroughEpoch: "4",
      };
      response.end(JSON.stringify({ asOfBlock: 1, finalizedBlock: 1, item }));
    };
    const { item } = await createApi(url).quote({ terms, deposit: 7n });
    expect(item.fundedEpochs).to.equal("3");
  });

  it("error: the server's own, with its request id", async () => {
    json(
      { error: { code: "deal-unknown", message: "No deal 4.", nextStep: "List them.", requestId: "r" } },
      404,
    );
    const error = await failureOf(() => createApi(url).deal(4n));
    expect(error).to.include({
      code: "deal-unknown",
      shortMessage: "No deal 4.",
      nextStep: "List them.",
      requestId: "r",
    });
    expect(error.retryable).to.equal(false);
    json({ error: { code: "busy", message: "Busy." } }, 503);
    expect((await failureOf(() => createApi(url).deal(4))).retryable).to.equal(true);
  });

  it("error: api-unexpected-answer, for another shape or another server", async () => {
    const codes = async () => (await failureOf(() => createApi(url).offers())).code;
    json(page([{ ...offer(1), askPerUnitEpoch: 5 }]));
    expect(await codes()).to.equal("api-unexpected-answer");
    handler = (_request, response) => response.end("<html>");
    expect(await codes()).to.equal("api-unexpected-answer");
    handler = (_request, response) => response.writeHead(502).end("Bad gateway");
    expect(await codes()).to.equal("api-unexpected-answer");
  });

  it("error: api-unreachable after its tries, and api-timeout", async () => {
    const gone = createApi("http://127.0.0.1:1", { retries: 1 });
    expect(await failureOf(() => gone.health())).to.include({ code: "api-unreachable", retryable: true });
    let broken = 0;
    handler = (_request, response) => {
      broken += 1;
      if (broken === 1) response.destroy();
      else response.end(JSON.stringify(page([])));
    };
    expect((await createApi(url).offers()).items).to.deep.equal([]);
    handler = () => undefined;
    const slow = createApi(url, { timeoutMs: 100 });
    expect((await failureOf(() => slow.health())).code).to.equal("api-timeout");
  });

  function termsToJsonOf() {
    return {
      paymentToken: addressOf(1),
      moduleDigest: `0x${"ab".repeat(32)}` as const,
      functionCommitment: zeroHash,
      unitsPerWorker: 1,
      minWorkers: 1,
      targetWorkers: 2,
      maxWorkers: 3,
      maxWorkersPerProvider: 1,
      priceLimit: "5",
      minimumAsk: "0",
      priceToleranceBps: 0,
      tipPerWorker: "0",
      endEpoch: 0,
      openToAll: true,
      permissionIssuer: deployment.contracts.mill,
      listMode: "none" as const,
      providers: [],
    };
  }
});
