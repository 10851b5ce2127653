import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import {
  callHeaders,
  deriveEncryptionKey,
  encodeCallProof,
  openSecrets,
  sealSecrets,
  type SecretEntry,
  secretLimits,
  signCall,
  signEncryptionKey,
  signSecret,
} from "@millrace/sdk";
import { expect } from "chai";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { type CallNode, openCallNode, settled } from "../support/callNode.ts";
import { exampleDeployment as deployment } from "../support/deployment.ts";
import { fixtureModule } from "../support/fixtures.ts";
import { useSharedFolder } from "../support/folder.ts";

const newAccount = () => privateKeyToAccount(generatePrivateKey());
const empty = new Uint8Array();

interface Answer {
  status: number;
  code: string | undefined;
  items: SecretEntry[];
  body: string;
}

describe("/v1/deals/<id>/secrets", () => {
  const folder = useSharedFolder();
  const [owner, stranger] = [newAccount(), newAccount()];
  const operatorKey = generatePrivateKey();
  const deal = 1n;
  let version = Date.now();
  let node: CallNode;
  before(async () => {
    const manifest = { contentType: "text/plain", env: { TOKEN: "from the manifest" } };
    node = await openCallNode({
      folder: folder(),
      operatorKey,
      deals: [
        { deal, module: fixtureModule("echo", manifest), openTo: { owner: owner.address } },
        { deal: 2n, module: fixtureModule("echo"), openTo: { owner: stranger.address } },
      ],
    });
    await settled(node.table);
  });
  after(() => node.close());

  const sign = (value: string | null, changes: Partial<Parameters<typeof signSecret>[0]> = {}) =>
    signSecret({
      ...{ deployment, account: owner, deal, name: "TOKEN", value },
      version: (version += 1),
      ...changes,
    });

  async function seal(items: Awaited<ReturnType<typeof sign>>[], key = operatorKey): Promise<Uint8Array> {
    const { publicKey } = await deriveEncryptionKey(key);
    return sealSecrets({ deployment, deal }, publicKey, items);
  }

  async function send(
    method: "GET" | "PUT",
    body: Uint8Array,
    { account = owner, of = deal, proof = "" } = {},
  ): Promise<Answer> {
    const made = await signCall({
      ...{ deployment, account, deal: of, method, target: "secrets", body },
      timestamp: Math.floor(Date.now() / 1000),
    });
    const answer = await node.app.inject({
      method,
      url: `/v1/deals/${of}/secrets`,
      headers: { [callHeaders.caller]: proof === "" ? encodeCallProof(made) : proof },
      ...(method === "PUT" ? { payload: Buffer.from(body) } : {}),
    });
    const { items = [], error } = JSON.parse(answer.body) as {
      items?: SecretEntry[];
      error?: { code: string };
    };
    return { status: answer.statusCode, code: error?.code, items, body: answer.body };
  }
  const put = async (...items: Awaited<ReturnType<typeof sign>>[]) => send("PUT", await seal(items));

  /** What the function sees. */
  async function environment(of = deal): Promise<Map<string, string>> {
    const proof = await signCall({
      ...{ deployment, account: owner, deal: of, method: "GET", target: "", body: empty },
      timestamp: Math.floor(Date.now() / 1000),
    });
    const runtime = node.table.find(of, 10);
    if (runtime.kind !== "served") throw new Error("not served");
    const { output } = await runtime.runtime.call({
      ...{ requestId: `r-${proof.nonce}`, method: "GET", path: "", query: "", headers: {}, body: empty },
    });
    const lines = new TextDecoder().decode(output).split("\n");
    return new Map(
      lines
        .filter((line) => line.startsWith("env "))
        .map((line) => [line.slice(4, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
    );
  }

  it("default: the function sees it, over the manifest's variable; a later version replaces it, null removes it", async () => {
    expect((await environment()).get("TOKEN")).to.equal("from the manifest");
    expect(await put(await sign("first"))).to.include({ status: 200 });
    expect((await environment()).get("TOKEN")).to.equal("first");
    await put(await sign("second"), await sign("more", { name: "OTHER" }));
    expect((await environment()).get("TOKEN")).to.equal("second");
    expect((await environment()).get("OTHER")).to.equal("more");
    const { items } = await put(await sign(null));
    expect((await environment()).get("TOKEN")).to.equal("from the manifest");
    expect(items.map(({ name }) => name)).to.deep.equal(["OTHER", "TOKEN"]);
    expect(node.secrets.status(deal)).to.deep.equal({ count: 1, problem: undefined });
  });

  it("behavior: the owner reads names and versions, never a value", async () => {
    const item = await sign("only-here");
    await put(item);
    const answer = await send("GET", empty);
    expect(answer.items.find(({ name }) => name === "TOKEN")).to.include({ version: item.version });
    expect(answer.body).not.to.contain("only-here").and.not.to.contain(item.salt);
  });

  it("behavior: another deal on the node does not see it", async () => {
    await put(await sign("only-deal-1"));
    expect([...(await environment(2n)).values()]).not.to.include("only-deal-1");
  });

  it("behavior: an old version that is sent again does not undo a newer one", async () => {
    const old = await sign("old");
    const later = await sign("later");
    await put(later);
    const answer = await put(old);
    expect(answer.status).to.equal(200);
    expect(answer.items.find(({ name }) => name === "TOKEN")?.version).to.equal(later.version);
    expect((await environment()).get("TOKEN")).to.equal("later");
    await put(await sign(null));
    await put(later);
    expect((await environment()).get("TOKEN")).to.equal("from the manifest");
  });

  it("error: owner-mismatch for anybody else, also with items that the owner signed", async () => {
    const sealed = await seal([await sign("stolen")]);
    expect(await send("PUT", sealed, { account: stranger })).to.include({
      status: 403,
      code: "owner-mismatch",
    });
    expect(await send("GET", empty, { account: stranger })).to.include({
      status: 403,
      code: "owner-mismatch",
    });
    // The owner of another deal on this node does not get at this one's either.
    expect(await send("GET", empty, { account: owner, of: 2n })).to.include({ code: "owner-mismatch" });
    expect(await send("GET", empty, { proof: "x" })).to.include({ status: 401, code: "caller-malformed" });
  });

  it("error: caller-replayed for the same signed request", async () => {
    const proof = encodeCallProof(
      await signCall({
        ...{ deployment, account: owner, deal, method: "GET", target: "secrets", body: empty },
        timestamp: Math.floor(Date.now() / 1000),
      }),
    );
    expect(await send("GET", empty, { proof })).to.include({ status: 200 });
    expect(await send("GET", empty, { proof })).to.include({ status: 401, code: "caller-replayed" });
  });

  it("error: a call's proof is none for secrets, whatever its path", async () => {
    for (const target of ["", "/secrets", `/v1/deals/${deal}/secrets`]) {
      const proof = encodeCallProof(
        await signCall({
          ...{ deployment, account: owner, deal, method: "GET", target, body: empty },
          timestamp: Math.floor(Date.now() / 1000),
        }),
      );
      expect(await send("GET", empty, { proof })).to.include({ status: 403, code: "owner-mismatch" });
    }
  });

  it("error: secret-not-signed for items of somebody else, of another deal, or changed; nothing is kept", async () => {
    await put(await sign("kept"));
    const bad = [
      await sign("bad", { account: stranger }),
      await sign("bad", { deal: 2n }),
      { ...(await sign("good")), value: "bad" },
      { ...(await sign("bad")), version: version + 1000 },
    ];
    for (const item of bad) {
      const answer = await put(await sign("also lost", { name: "ALSO" }), item);
      expect(answer).to.include({ status: 403, code: "secret-not-signed" });
    }
    const variables = await environment();
    expect(variables.get("TOKEN")).to.equal("kept");
    expect(variables.has("ALSO")).to.equal(false);
  });

  it("error: secrets-not-for-this-key, sealed for another node or deal", async () => {
    const item = await sign("elsewhere");
    const forAnother = await seal([item], generatePrivateKey());
    expect(await send("PUT", forAnother)).to.include({ status: 400, code: "secrets-not-for-this-key" });
    const { publicKey } = await deriveEncryptionKey(operatorKey);
    const forAnotherDeal = await sealSecrets({ deployment, deal: 2n }, publicKey, [item]);
    expect(await send("PUT", forAnotherDeal)).to.include({ status: 400, code: "secrets-not-for-this-key" });
    expect(await send("PUT", Buffer.from("no HPKE"))).to.include({ code: "secrets-not-for-this-key" });
  });

  it("error: too large, too many, a reserved name, a version of the far future, a body beyond the limit", async () => {
    const raw = (name: string, value: string, at = (version += 1)) => ({
      ...{ name, value, version: at, salt: `0x${"00".repeat(32)}` as const },
      signature: `0x${"00".repeat(65)}` as const,
    });
    const codeOf = async (...items: ReturnType<typeof raw>[]) => (await put(...items)).code;
    expect(await codeOf(raw("BIG", "x".repeat(secretLimits.valueBytes + 1)))).to.equal("secret-too-large");
    expect(await codeOf(raw("PATH_INFO", "x"))).to.equal("secret-name-reserved");
    expect(await codeOf(raw("lower", "x"))).to.equal("secret-name-invalid");
    expect(await codeOf(raw("SOON", "x", Date.now() + 3_600_000))).to.equal("secret-version-ahead");
    const many = await Promise.all(
      Array.from({ length: secretLimits.count + 1 }, (_, at) => sign("x", { name: `S${at}` })),
    );
    expect((await put(...many)).code).to.equal("secrets-too-many");
    const huge = await send("PUT", new Uint8Array(1024 * 1024 + 1));
    expect(huge).to.include({ status: 413, code: "body-too-large" });
  });

  it("behavior: a restart on the same folder still has them; on disk they are sealed", async () => {
    await put(await sign("survives-the-restart"));
    const file = join(folder(), "secrets", "deal-1.json");
    expect((await stat(file)).mode & 0o777).to.equal(0o600);
    expect(await readdir(join(folder(), "secrets"))).to.deep.equal(["deal-1.json"]);
    const stored = await readFile(file, "utf8");
    for (const text of ["survives", "TOKEN", btoa("survives-the-restart").slice(0, 20)])
      expect(stored).not.to.contain(text);
    const again = await openCallNode({
      folder: folder(),
      operatorKey,
      deals: [{ deal, module: fixtureModule("echo"), openTo: { owner: owner.address } }],
    });
    try {
      const [entry] = (await again.secrets.entries({ deal, owner: owner.address })).slice(-1);
      expect(entry).to.include({ name: "TOKEN", version });
      expect(again.secrets.environment({ deal, owner: owner.address })["TOKEN"]).to.equal(
        "survives-the-restart",
      );
      // After a reorg the deal of this number may be somebody else's: he gets nothing of it.
      expect(await again.secrets.entries({ deal, owner: stranger.address })).to.deep.equal([]);
      expect(again.secrets.environment({ deal, owner: stranger.address })).to.deep.equal({});
    } finally {
      await again.close();
    }
  });

  describe("POST …/handover", () => {
    const asker = generatePrivateKey();
    async function ask(of: bigint, payload?: object) {
      const { publicKey } = await deriveEncryptionKey(asker);
      const account = privateKeyToAccount(asker);
      const encryption = await signEncryptionKey({ deployment, account, node: 9, publicKey });
      return node.app.inject({
        method: "POST",
        url: `/v1/deals/${of}/secrets/handover`,
        payload: payload ?? { node: 9, encryption },
      });
    }

    it("default: who has none says so", async () => {
      expect((await ask(2n)).statusCode).to.equal(204);
      expect((await ask(77n)).statusCode).to.equal(204);
    });

    it("error: without the chain nothing is handed over; a malformed request is refused", async () => {
      await put(await sign("not for you"));
      const refused = await ask(deal);
      expect(refused.statusCode).to.equal(503);
      expect((await ask(deal, { node: 9 })).statusCode).to.equal(400);
    });

    it("behavior: what is handed over can be opened with that key alone", async () => {
      const key = await deriveEncryptionKey(asker);
      const owned = { deal, owner: owner.address };
      const sealed = await node.secrets.sealFor(owned, key.publicKey);
      const items = await openSecrets({ deployment, deal }, key, sealed);
      expect(items.map(({ name }) => name)).to.include("TOKEN");
    });
  });
});
