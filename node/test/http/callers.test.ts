import {
  type CallPermission,
  callHeaders,
  encodeCallProof,
  encodePermission,
  signCall,
  signCallPermission,
} from "@millrace/sdk";
import { expect } from "chai";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { type CallNode, openCallNode, settled } from "../support/callNode.ts";
import { exampleDeployment as deployment } from "../support/deployment.ts";
import { fixtureModule } from "../support/fixtures.ts";
import { useSharedFolder } from "../support/folder.ts";

const newAccount = () => privateKeyToAccount(generatePrivateKey());
const start = 1_800_000_000;

describe("calls of a deal that is not open", () => {
  const folder = useSharedFolder();
  const [owner, issuer, stranger] = [newAccount(), newAccount(), newAccount()];
  let caller = newAccount();
  let now = start;
  let node: CallNode;
  before(async () => {
    const module = fixtureModule("echo");
    const openTo = { owner: owner.address, permissionIssuer: issuer.address };
    const deals = [1n, 2n].map((deal) => ({ deal, module, openTo }));
    node = await openCallNode({ folder: folder(), deals, nowSeconds: () => now });
    await settled(node.table);
  });
  beforeEach(() => {
    now = start;
    caller = newAccount(); // with a rate of its own
  });
  after(() => node.close());

  const permit = (changes: Partial<Parameters<typeof signCallPermission>[0]> = {}) =>
    signCallPermission({
      deployment,
      account: owner,
      deal: 1n,
      caller: caller.address,
      expiresAt: start + 600,
      callsPerMinute: 3,
      ...changes,
    });
  const prove = (body: string, changes: Partial<Parameters<typeof signCall>[0]> = {}) =>
    signCall({
      deployment,
      account: caller,
      deal: 1n,
      method: "POST",
      target: "",
      body: new TextEncoder().encode(body),
      timestamp: now,
      ...changes,
    });

  async function call({
    permission,
    proof,
    body = "",
    deal = 1,
    target = "",
  }: {
    permission?: CallPermission | undefined;
    proof?: Awaited<ReturnType<typeof prove>> | undefined;
    body?: string;
    deal?: number;
    target?: string;
  }): Promise<{ status: number; code: string | undefined; retryAfter: string | undefined }> {
    const headers = {
      ...(permission === undefined ? {} : { [callHeaders.permission]: encodePermission(permission) }),
      ...(proof === undefined ? {} : { [callHeaders.caller]: encodeCallProof(proof) }),
    };
    const answer = await node.app.inject({
      method: "POST",
      url: `/v1/deals/${deal}/call${target}`,
      payload: body,
      headers,
    });
    const code =
      answer.statusCode === 200
        ? undefined
        : (JSON.parse(answer.body) as { error: { code: string } }).error.code;
    return {
      status: answer.statusCode,
      code,
      retryAfter: answer.headers["retry-after"],
    };
  }

  it("default: the owner's permission and the caller's signature let it through", async () => {
    expect(await call({ permission: await permit(), proof: await prove("hi"), body: "hi" })).to.include({
      status: 200,
    });
  });

  it("behavior: the permission issuer's signature counts as the owner's", async () => {
    const permission = await permit({ account: issuer });
    expect(await call({ permission, proof: await prove("") })).to.include({ status: 200 });
  });

  it("error: permission-missing and caller-missing", async () => {
    expect(await call({})).to.include({ status: 401, code: "permission-missing" });
    expect(await call({ permission: await permit() })).to.include({ status: 401, code: "caller-missing" });
  });

  it("error: permission-not-issued if any field was tampered with", async () => {
    const permission = await permit();
    const proof = await prove("");
    for (const changes of [
      { callsPerMinute: 1000 },
      { expiresAt: start + 601 },
      { caller: stranger.address },
    ]) {
      const tampered = { ...permission, ...changes };
      expect(await call({ permission: tampered, proof })).to.include({
        status: 403,
        code: "permission-not-issued",
      });
    }
    const self = await permit({ account: caller });
    expect(await call({ permission: self, proof })).to.include({
      status: 403,
      code: "permission-not-issued",
    });
  });

  it("error: permission-wrong-deal, and signed for another chain", async () => {
    const permission = await permit();
    expect(await call({ permission, proof: await prove("", { deal: 2n }), deal: 2 })).to.include({
      status: 403,
      code: "permission-wrong-deal",
    });
    const elsewhere = await permit({ deployment: { ...deployment, chainId: 1 } });
    expect(await call({ permission: elsewhere, proof: await prove("") })).to.include({
      code: "permission-not-issued",
    });
  });

  it("error: permission-expired, also when it was good a moment ago", async () => {
    const permission = await permit({ expiresAt: start + 10 });
    expect(await call({ permission, proof: await prove("") })).to.include({ status: 200 });
    now = start + 10;
    expect(await call({ permission, proof: await prove("") })).to.include({
      status: 403,
      code: "permission-expired",
    });
  });

  it("error: caller-mismatch for another body, path, deal's proof, method or signer", async () => {
    const permission = await permit();
    const proof = await prove("pay 1");
    expect(await call({ permission, proof, body: "pay 2" })).to.include({
      status: 401,
      code: "caller-mismatch",
    });
    for (const changes of [{ target: "/other" }, { target: "?a=1" }]) {
      const elsewhere = { permission, proof: await prove(""), ...changes };
      expect(await call(elsewhere)).to.include({ status: 401, code: "caller-mismatch" });
    }
    const get = await prove("", { method: "GET" });
    expect(await call({ permission, proof: get })).to.include({ status: 401, code: "caller-mismatch" });
    const other = await prove("", { deal: 2n });
    expect(await call({ permission, proof: other })).to.include({ status: 401, code: "caller-mismatch" });
    const forged = await prove("", { account: stranger });
    expect(await call({ permission, proof: forged })).to.include({ status: 401, code: "caller-mismatch" });
  });

  it("error: caller-clock for a call that is replayed after a minute, or dated ahead", async () => {
    const permission = await permit();
    const proof = await prove("");
    now = start + 61;
    expect(await call({ permission, proof })).to.include({ status: 401, code: "caller-clock" });
    const ahead = await prove("", { timestamp: now + 61 });
    expect(await call({ permission, proof: ahead })).to.include({ status: 401, code: "caller-clock" });
  });

  it("behavior: signs the path and the query as they are sent", async () => {
    const target = "/a%20b/%C3%A4?x=1&y=%2F";
    const proof = await prove("", { target });
    expect(await call({ permission: await permit(), proof, target })).to.include({ status: 200 });
  });

  it("error: caller-replayed for the same signed call again; it does not use up the rate", async () => {
    const permission = await permit({ callsPerMinute: 2 });
    const proof = await prove("");
    expect(await call({ permission, proof })).to.include({ status: 200 });
    for (let round = 0; round < 3; round += 1)
      expect(await call({ permission, proof })).to.include({ status: 401, code: "caller-replayed" });
    expect(await call({ permission, proof: await prove("") })).to.include({ status: 200 });
  });

  it("error: caller-rate beyond the permission's rate, with Retry-After; per deal", async () => {
    const permission = await permit();
    for (let round = 0; round < 3; round += 1)
      expect(await call({ permission, proof: await prove("") })).to.include({ status: 200 });
    const refused = await call({ permission, proof: await prove("") });
    expect(refused).to.include({ status: 429, code: "caller-rate" });
    expect(Number(refused.retryAfter)).to.be.within(1, 60);
    const elsewhere = await permit({ deal: 2n });
    expect(await call({ permission: elsewhere, proof: await prove("", { deal: 2n }), deal: 2 })).to.include({
      status: 200,
    });
  });

  it("behavior: calls that prove nothing do not use up the caller's rate", async () => {
    const permission = await permit({ callsPerMinute: 1 });
    const forged = await prove("", { account: stranger });
    for (let round = 0; round < 5; round += 1) await call({ permission, proof: forged });
    expect(await call({ permission, proof: await prove("") })).to.include({ status: 200 });
  });
});
