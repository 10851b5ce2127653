import { existsSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { expect } from "chai";
import { build, type Metafile } from "esbuild";
import { chromium } from "playwright-core";
import { listen } from "./support/listen.ts";
import { mint, privateKeyOf, startNetwork, termsOf, type TestNetwork } from "./support/network.ts";

const chromiumPath = "/usr/bin/chromium";

/** What the page does: everything through the main entry, as a web page would. */
const pageSource = `
import { connect, createDeal, readDeal, readDealHistory, explainWaiting, MillraceError, watchDeal } from "@millrace/sdk";
window.millrace = async ({ rpcUrl, deployment, privateKey, terms, deposit }) => {
  const chain = await connect({ rpcUrl, deployment, privateKey, pollingIntervalMs: 20 });
  const { deal } = await createDeal(chain, { terms: { ...terms, priceLimit: BigInt(terms.priceLimit), minimumAsk: 0n, priceToleranceBps: 0, tipPerWorker: 0n }, deposit: BigInt(deposit) });
  const { status, balance } = await readDeal(chain, deal);
  const history = await readDealHistory(chain, deal);
  const waiting = await explainWaiting(chain, deal);
  const { value } = await watchDeal(chain, { deal }).next();
  const error = await readDeal(chain, 99n).catch((error) => error);
  return { deal: String(deal), status, balance: String(balance), history: history.map(({ name }) => name),
    waiting: waiting?.sentence, news: value.sentence, isMillraceError: error instanceof MillraceError, code: error.code };
};`;

/** Bundles the SDK as a web page's build would; an import of Node's would fail it. */
async function bundle(): Promise<{ code: string; metafile: Metafile }> {
  const { outputFiles, metafile } = await build({
    stdin: { contents: pageSource, resolveDir: join(import.meta.dirname, ".."), loader: "js" },
    bundle: true,
    write: false,
    format: "esm",
    platform: "browser",
    target: "es2022",
    metafile: true,
    logLevel: "silent",
  });
  return { code: outputFiles[0]?.text ?? "", metafile };
}

describe("the SDK in a browser", function () {
  this.timeout(120_000);
  let bundled: Awaited<ReturnType<typeof bundle>>;

  before(async () => {
    bundled = await bundle();
  });

  it("default: bundles for a page without anything of Node", () => {
    const imports = Object.values(bundled.metafile.inputs).flatMap((input) => input.imports);
    expect(imports.filter(({ path }) => path.startsWith("node:"))).to.deep.equal([]);
    expect(Object.keys(bundled.metafile.inputs).some((path) => path.endsWith("sdk/src/index.ts"))).to.equal(
      true,
    );
    expect(Object.keys(bundled.metafile.inputs).some((path) => path.endsWith("keystore.ts"))).to.equal(false);
  });

  it("behavior: creates, reads, explains and watches a deal from a page of another origin", async function () {
    if (!existsSync(chromiumPath)) {
      console.log(`      there is no ${chromiumPath} here: the bundle was not run`);
      this.skip();
    }
    const network = await startNetwork();
    const server = createServer((request, response) => {
      const isScript = request.url === "/page.js";
      response.setHeader("content-type", isScript ? "text/javascript" : "text/html");
      response.end(isScript ? bundled.code : `<script type="module" src="/page.js"></script>`);
    });
    const page = await listen(server);
    try {
      const seen = await runInPage(page.url, network);
      expect(seen).to.deep.include({
        deal: "1",
        status: "matching",
        balance: "1000000",
        code: "deals-unknown",
      });
      expect(seen.isMillraceError).to.equal(true);
      expect(seen.history).to.deep.equal(["DealCreated", "Deposited"]);
      expect(seen.waiting).to.equal(
        "It waits for 2 more workers: no other node offers units in tUSD; wait for providers or pay in another token.",
      );
      expect(seen.news).to.equal("The deal is matching: it has 0 of 2 workers.");
    } finally {
      await page.stop();
      await network.stop();
    }
  });
});

interface Seen {
  deal: string;
  status: string;
  balance: string;
  history: string[];
  waiting: string;
  news: string;
  isMillraceError: boolean;
  code: string;
}

async function runInPage(url: string, network: TestNetwork): Promise<Seen> {
  await mint(await network.connectAs(1), 1_000_000n);
  const browser = await chromium.launch({ executablePath: chromiumPath, args: ["--no-sandbox"] });
  try {
    const page = await browser.newPage();
    await page.goto(url);
    await page.waitForFunction("window.millrace !== undefined");
    const terms = termsOf(network);
    const parameters = {
      rpcUrl: network.rpcUrl,
      deployment: network.deployment,
      privateKey: privateKeyOf(1),
      terms: {
        ...terms,
        priceLimit: String(terms.priceLimit),
        minimumAsk: "0",
        tipPerWorker: "0",
        constraints: [],
      },
      deposit: "1000000",
    };
    return await page.evaluate<Seen>(`window.millrace(${JSON.stringify(parameters)})`);
  } finally {
    await browser.close();
  }
}
