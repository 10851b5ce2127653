import { expect } from "chai";
import fc from "fast-check";
import { privateKeyToAccount } from "viem/accounts";
import {
  decodeCallProof,
  decodePermission,
  encodeCallProof,
  encodePermission,
  permissionStatuses,
  signCall,
  signCallPermission,
  verifyCall,
  verifyCallPermission,
  type CallPermission,
} from "@millrace/sdk";
import { failureOf } from "./support/errors.ts";
import { addressOf, bytes32, deployment } from "./support/values.ts";

const owner = privateKeyToAccount(`0x${"11".repeat(32)}`);
const caller = privateKeyToAccount(`0x${"22".repeat(32)}`);
const now = 1_800_000_000;
const deal = 7n;
const check = (permission: CallPermission, changes: object = {}) =>
  verifyCallPermission({ deployment, permission, deal, issuers: [owner.address], now, ...changes });
const issue = () =>
  signCallPermission({
    deployment,
    account: owner,
    deal,
    caller: caller.address,
    expiresAt: now + 60,
    callsPerMinute: 10,
  });

describe("verifyCallPermission", () => {
  it("default: takes what the owner or the issuer signed, through the header", async () => {
    const permission = decodePermission(encodePermission(await issue()));
    await check(permission);
    await check(permission, { issuers: [addressOf(9), owner.address] });
  });

  it("error: permission-not-issued, if any field was tampered with", async () => {
    const permission = await issue();
    const tampered: CallPermission[] = [
      { ...permission, caller: addressOf(9) },
      { ...permission, expiresAt: permission.expiresAt + 1 },
      { ...permission, callsPerMinute: 11 },
      { ...permission, signature: `0x${"00".repeat(65)}` },
    ];
    for (const one of tampered)
      expect((await failureOf(() => check(one))).code).to.equal("permission-not-issued");
    // The deal in the permission and the deal that is called move together, so that only the signature can tell.
    const moved = await failureOf(() => check({ ...permission, deal: 8 }, { deal: 8n }));
    expect(moved.code).to.equal("permission-not-issued");
  });

  it("error: permission-not-issued, from another key, chain or contract", async () => {
    const permission = await issue();
    const contracts = { ...deployment.contracts, deals: addressOf(99) };
    for (const changes of [
      { issuers: [caller.address] },
      { issuers: [] },
      { deployment: { ...deployment, chainId: 1 } },
      { deployment: { ...deployment, contracts } },
    ])
      expect((await failureOf(() => check(permission, changes))).code).to.equal("permission-not-issued");
  });

  it("error: permission-wrong-deal and permission-expired", async () => {
    const permission = await issue();
    expect((await failureOf(() => check(permission, { deal: 8n }))).code).to.equal("permission-wrong-deal");
    expect((await failureOf(() => check(permission, { now: now + 60 }))).code).to.equal("permission-expired");
  });
});

describe("verifyCall", () => {
  const body = new TextEncoder().encode("in");
  const call = { deal, method: "POST", target: "/a?b=1", body };
  const sign = () => signCall({ deployment, account: caller, ...call, timestamp: now });
  const checkCall = async (changes: object = {}) =>
    verifyCall({ deployment, proof: await sign(), caller: caller.address, ...call, now, ...changes });

  it("default: takes the caller's proof up to a minute away", async () => {
    await checkCall({ proof: decodeCallProof(encodeCallProof(await sign())) });
    await checkCall({ now: now + 60 });
    await checkCall({ now: now - 60 });
  });

  it("error: caller-clock", async () => {
    for (const time of [now + 61, now - 61])
      expect((await failureOf(() => checkCall({ now: time }))).code).to.equal("caller-clock");
  });

  it("error: caller-mismatch, for another request, time, nonce, caller, chain or signature", async () => {
    const proof = await sign();
    for (const changes of [
      { body: new Uint8Array() },
      { deal: 8n },
      { method: "DELETE" },
      { target: "/a?b=2" },
      { proof: { ...proof, timestamp: now + 1 } },
      { proof: { ...proof, nonce: `0x${"00".repeat(16)}` } },
      { caller: owner.address },
      { deployment: { ...deployment, chainId: 1 } },
      { proof: { ...proof, signature: `0x${"ff".repeat(65)}` } },
    ])
      expect((await failureOf(() => checkCall(changes))).code).to.equal("caller-mismatch");
  });

  it("behavior: no two calls have a nonce in common", async () => {
    expect((await sign()).nonce).to.not.equal((await sign()).nonce);
  });
});

describe("decodePermission", () => {
  it("error: permission-missing and permission-malformed, for any garbage", async () => {
    expect((await failureOf(() => decodePermission(undefined))).code).to.equal("permission-missing");
    expect((await failureOf(() => decodeCallProof(""))).code).to.equal("caller-missing");
    const json = fc.json().map((text) => Buffer.from(text).toString("base64url"));
    const nearly = fc
      .record({ deal: fc.integer(), caller: fc.string(), expiresAt: fc.double(), signature: bytes32 })
      .map((value) => Buffer.from(JSON.stringify(value)).toString("base64url"));
    const garbage = fc.oneof(
      fc.string({ unit: "binary", minLength: 1 }),
      fc.base64String({ minLength: 4 }),
      json,
      nearly,
    );
    await fc.assert(
      fc.asyncProperty(garbage, async (header) => {
        expect((await failureOf(() => decodePermission(header))).code).to.equal("permission-malformed");
        expect((await failureOf(() => decodeCallProof(header))).code).to.equal("caller-malformed");
      }),
    );
  });

  it("behavior: every refusal has an HTTP status", () => {
    for (const status of Object.values(permissionStatuses)) expect(status).to.be.oneOf([401, 403]);
  });
});
