import { randomBytes } from "node:crypto";
import { createApi, createDeal, readDeal } from "@millrace/sdk";
import { expect } from "chai";
import { parseUnits } from "viem";
import { readExample, readExampleManifest } from "../../examples/test/open-example.ts";
import { crop, decodeJpeg, encodeJpeg, psnr, reference } from "../../examples/test/pictures.ts";
import { readSvg, scan } from "../../examples/test/qr-codes.ts";
import {
  expectedSelection,
  expectedSummary,
  randomSales,
  salesCsv,
  selectionQuery,
  summaryQuery,
} from "../../examples/test/random-table.ts";
import "../../machine/test/seed.ts";
import type { Devnet } from "../../scripts/devnet/devnet.ts";
import { startNetwork, termsOf, threeNodes, until } from "./support.ts";

interface Call {
  /** With its leading slash, and its query. */
  target: string;
  body: Uint8Array;
}

/** Sends a call; answers what came back, which must be status 200. */
type Send = (call: Call) => Promise<{ bytes: Uint8Array; contentType: string | null }>;

const encode = (text: string) => new TextEncoder().encode(text);
const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

/** Calls an example with input that nobody sent before, and checks the answer by other means than the example's. */
const tries: Record<string, (send: Send) => Promise<void>> = {
  "hello-assemblyscript": greet,
  "hello-rust": greet,
  "hello-cpp": greet,
  "qr-code": async (send) => {
    const text = `https://example.org/${randomBytes(12).toString("hex")}?für=Zoë`;
    const { bytes, contentType } = await send({ target: "/", body: encode(text) });
    expect(contentType).to.equal("image/svg+xml");
    expect(scan(readSvg(decode(bytes))).text).to.equal(text);
  },
  "csv-pipeline": async (send) => {
    const shift = randomBytes(4).readUInt32LE();
    const sales = randomSales(100_000).map((sale) => ({ ...sale, id: sale.id + shift }));
    const body = encode(salesCsv(sales));
    const summary = await send({ target: `/orders?${summaryQuery}`, body });
    expect(summary.contentType).to.equal("text/csv; charset=utf-8");
    expect(decode(summary.bytes)).to.equal(expectedSummary(sales));
    const selection = await send({ target: `/orders?${selectionQuery}`, body });
    expect(decode(selection.bytes) === expectedSelection(sales), "the selected rows").to.equal(true);
  },
  thumbnail: async (send) => {
    const [x = 0, y = 0] = randomBytes(2);
    const part = crop(decodeJpeg(readExample("thumbnail", "test/rocket.jpg")), {
      ...{ x, y: y % 128, width: 384, height: 299 },
    });
    const sent = encodeJpeg(part, 90);
    const { bytes, contentType } = await send({ target: "/?width=96&quality=100", body: sent });
    expect(contentType).to.equal("image/jpeg");
    const small = decodeJpeg(bytes);
    expect([small.width, small.height]).to.deep.equal([96, 75]);
    expect(psnr(small, reference(decodeJpeg(sent), small))).to.be.above(45);
  },
};

async function greet(send: Send): Promise<void> {
  const name = randomBytes(8).toString("hex");
  const { bytes } = await send({ target: `/greet?nr=${name}`, body: encode(name) });
  expect(decode(bytes)).to.equal(`Hello, ${name}!\nYou sent POST /greet?nr=${name}\n`);
}

describe("the examples", function () {
  this.timeout(180_000);
  let net: Devnet;
  let remove: () => Promise<void>;
  const deals = new Map<string, bigint>();

  before(async () => {
    ({ net, remove } = await startNetwork({ nodes: threeNodes.slice(0, 2) }));
    const developer = await net.connectAs("developer");
    // One after the other: a permit is signed with the account's next nonce.
    for (const example of Object.keys(tries)) {
      const { module = "" } = readExampleManifest(example);
      const { cid } = await createApi(net.apiUrl).uploadBlob(readExample(example, module));
      const terms = termsOf(net, cid, { targetWorkers: 1 });
      const { deal } = await createDeal(developer, { terms, deposit: parseUnits("0.5", 6) });
      deals.set(example, deal);
    }
    await until("all deals are matched", async () => {
      const states = await Promise.all([...deals.values()].map((deal) => readDeal(developer, deal)));
      return states.every(({ workers }) => workers === 1);
    });
  });
  after(async () => {
    await remove();
  });

  const dealOf = (example: string) => deals.get(example) ?? 0n;

  async function post(url: string, body: Uint8Array): Promise<Response> {
    return fetch(url, { method: "POST", body: Uint8Array.from(body) });
  }

  /** Sends to the first of the addresses that serves the deal; waits until one does. */
  function sender(addresses: string[]): Send {
    return async ({ target, body }) => {
      let response: Response | undefined;
      await until(`one of ${addresses.join(", ")} serves`, async () => {
        for (const address of addresses) {
          response = await post(address + target, body);
          if (response.status === 200) return true;
          const text = await response.text();
          if (!/"(deal-not-served|not-ready|no-workers|no-worker-answered)"/.test(text))
            throw new Error(`${address}${target} answers ${response.status}: ${text}`);
        }
        return false;
      });
      if (response === undefined) throw new Error("no answer");
      return {
        bytes: new Uint8Array(await response.arrayBuffer()),
        contentType: response.headers.get("content-type"),
      };
    };
  }

  for (const [example, attempt] of Object.entries(tries)) {
    it(`${example} answers new input through a node`, async () => {
      await attempt(sender(net.nodes.map(({ endpoint }) => `${endpoint}/v1/deals/${dealOf(example)}/call`)));
    });
    it(`${example} answers new input through the gateway`, async () => {
      await attempt(sender([`${net.gatewayUrl}/run/${dealOf(example)}`]));
    });
  }
});
