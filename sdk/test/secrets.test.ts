import { expect } from "chai";
import fc from "fast-check";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import {
  checkSecret,
  checkSecretTotals,
  deriveEncryptionKey,
  mergeSecrets,
  openSecrets,
  sealSecrets,
  secretEntryOf,
  secretLimits,
  signEncryptionKey,
  signSecret,
  verifyEncryptionKey,
  verifySecret,
  type SecretItem,
} from "@millrace/sdk";
import { failureOf } from "./support/errors.ts";
import { addressOf, bytes32, deployment } from "./support/values.ts";

const owner = privateKeyToAccount(`0x${"11".repeat(32)}`);
const deal = 7n;
const scope = { deployment, deal };
const operatorKey = `0x${"22".repeat(32)}` as const;
const version = 1_800_000_000_000;
const sign = (value: string | null, changes: Partial<Parameters<typeof signSecret>[0]> = {}) =>
  signSecret({ deployment, account: owner, deal, name: "TOKEN", value, version, ...changes });
const check = (item: SecretItem, changes: object = {}) =>
  verifySecret({ deployment, deal, owner: owner.address, entry: secretEntryOf(item), ...changes });

describe("verifySecret", () => {
  it("default: takes what the owner signed, also a removal", async () => {
    await check(await sign("s3cret"));
    await check(await sign(null));
  });

  it("error: secret-not-signed, if anything of the item was changed", async () => {
    const item = await sign("s3cret");
    const changed: SecretItem[] = [
      { ...item, name: "OTHER" },
      { ...item, version: version + 1 },
      { ...item, value: "s3crets" },
      { ...item, value: null },
      { ...item, salt: `0x${"00".repeat(32)}` },
      { ...item, signature: `0x${"00".repeat(65)}` },
    ];
    for (const one of changed) expect((await failureOf(() => check(one))).code).to.equal("secret-not-signed");
    const removed = { ...(await sign(null)), value: "back again" };
    expect((await failureOf(() => check(removed))).code).to.equal("secret-not-signed");
  });

  it("error: secret-not-signed, from another owner, deal, chain or contract; the value is never quoted", async () => {
    const item = await sign("s3cret");
    const contracts = { ...deployment.contracts, deals: addressOf(99) };
    for (const changes of [
      { owner: addressOf(9) },
      { deal: 8n },
      { deployment: { ...deployment, chainId: 1 } },
      { deployment: { ...deployment, contracts } },
    ]) {
      const error = await failureOf(() => check(item, changes));
      expect(error.code).to.equal("secret-not-signed");
      expect(JSON.stringify(error) + error.message).not.to.contain("s3cret");
    }
  });

  it("behavior: the hash of a value does not tell two equal values", async () => {
    const [a, b] = [await sign("same"), await sign("same")];
    expect(secretEntryOf(a).valueHash).not.to.equal(secretEntryOf(b).valueHash);
  });
});

describe("sealSecrets", () => {
  it("default: opens with the operator's key, and shows neither name nor value", async () => {
    const key = await deriveEncryptionKey(operatorKey);
    const items = [await sign("wörd\nand a line"), await sign(null, { name: "OLD" })];
    const sealed = await sealSecrets(scope, key.publicKey, items);
    expect(await openSecrets(scope, key, sealed)).to.deep.equal(items);
    const text = Buffer.from(sealed).toString("latin1");
    expect(text).not.to.contain("TOKEN").and.not.to.contain("and a line");
    expect(await sealSecrets(scope, key.publicKey, items)).not.to.deep.equal(sealed);
  });

  it("behavior: an operator key always gives the same encryption key, another one another", async () => {
    const { publicKey } = await deriveEncryptionKey(operatorKey);
    expect((await deriveEncryptionKey(operatorKey)).publicKey).to.equal(publicKey);
    expect((await deriveEncryptionKey(generatePrivateKey())).publicKey).not.to.equal(publicKey);
    // Pinned: a change of the derivation would make every stored secret unreadable.
    expect(publicKey).to.equal("0xb4cfb131ee46330010f4644fd5c7176ff21314c642318026576a05976427e515");
  });

  it("error: secrets-not-for-this-key, sealed to another node, for another deal, or changed on the way", async () => {
    const key = await deriveEncryptionKey(operatorKey);
    const other = await deriveEncryptionKey(generatePrivateKey());
    const sealed = await sealSecrets(scope, key.publicKey, [await sign("s3cret")]);
    const fails = async (...args: Parameters<typeof openSecrets>) =>
      (await failureOf(() => openSecrets(...args))).code;
    expect(await fails(scope, other, sealed)).to.equal("secrets-not-for-this-key");
    expect(await fails({ deployment, deal: 8n }, key, sealed)).to.equal("secrets-not-for-this-key");
    expect(await fails(scope, key, sealed.subarray(0, 20))).to.equal("secrets-not-for-this-key");
    await fc.assert(
      fc.asyncProperty(fc.nat(sealed.length - 1), fc.integer({ min: 1, max: 255 }), async (at, change) => {
        const tampered = Uint8Array.from(sealed);
        // X25519 ignores the highest bit of a public key; HPKE binds the bytes all the same.
        tampered[at] = (tampered[at] ?? 0) ^ change;
        expect(await fails(scope, key, tampered)).to.equal("secrets-not-for-this-key");
      }),
      { numRuns: 50 },
    );
  });

  it("error: secrets-malformed does not quote what was sealed", async () => {
    const key = await deriveEncryptionKey(operatorKey);
    const wrong = [{ ...(await sign("s3cret")), extra: true }];
    const error = await failureOf(async () =>
      openSecrets(scope, key, await sealSecrets(scope, key.publicKey, wrong)),
    );
    expect(error.code).to.equal("secrets-malformed");
    expect(error.message).not.to.contain("s3cret");
  });

  it("error: encryption-key-invalid for a point of low order", async () => {
    const item = await sign("s3cret");
    const error = await failureOf(() => sealSecrets(scope, `0x${"00".repeat(32)}`, [item]));
    expect(error.code).to.equal("encryption-key-invalid");
  });
});

describe("verifyEncryptionKey", () => {
  const operator = privateKeyToAccount(operatorKey);
  const signed = async () => {
    const { publicKey } = await deriveEncryptionKey(operatorKey);
    return signEncryptionKey({ deployment, account: operator, node: 3, publicKey });
  };

  it("default: takes what the node's operator signed", async () => {
    await verifyEncryptionKey({
      ...{ deployment, node: 3, operator: operator.address },
      encryption: await signed(),
    });
  });

  it("error: encryption-key-not-signed for another operator, node, key, chain", async () => {
    const good = {
      ...{ deployment, node: 3, operator: operator.address },
      encryption: await signed(),
    };
    const { publicKey } = await deriveEncryptionKey(generatePrivateKey());
    for (const changes of [
      { operator: owner.address },
      { node: 4 },
      { encryption: { ...good.encryption, publicKey } },
      { deployment: { ...deployment, chainId: 1 } },
    ]) {
      const error = await failureOf(() => verifyEncryptionKey({ ...good, ...changes }));
      expect(error.code).to.equal("encryption-key-not-signed");
    }
  });
});

describe("mergeSecrets", () => {
  const item = (name: string, at: number, value: string | null = `${name} ${at}`): SecretItem => ({
    ...{ name, value, version: at },
    salt: `0x${"33".repeat(32)}`,
    signature: `0x${"44".repeat(65)}`,
  });

  it("default: the later version stands, whichever comes first", () => {
    const [old, later] = [item("A", 1), item("A", 2)];
    expect(mergeSecrets([later], [old])).to.deep.equal([later]);
    expect(mergeSecrets([old], [later])).to.deep.equal([later]);
  });

  it("behavior: an old value does not undo a removal", () => {
    const removed = item("A", 2, null);
    expect(mergeSecrets([removed], [item("A", 1)])).to.deep.equal([removed]);
  });

  it("behavior: all orders of any items end equal", async () => {
    const anyItem = fc.record({
      name: fc.constantFrom("A", "B", "C"),
      version: fc.integer({ min: 1, max: 3 }),
      value: fc.oneof(fc.constant(null), fc.constantFrom("x", "y")),
      salt: bytes32,
      signature: fc.constant(`0x${"44".repeat(65)}` as const),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(anyItem, { maxLength: 8 }), fc.infiniteStream(fc.nat()), (items, order) => {
        const shuffled = items
          .map((each) => ({ each, rank: order.next().value as number }))
          .sort((a, b) => a.rank - b.rank)
          .map(({ each }) => each);
        const byOne = shuffled.reduce<SecretItem[]>((held, each) => mergeSecrets(held, [each]), []);
        const values = (list: SecretItem[]) => list.map(({ name, version: at, value }) => [name, at, value]);
        expect(values(byOne)).to.deep.equal(values(mergeSecrets([], items)));
        return Promise.resolve();
      }),
    );
  });

  it("behavior: the oldest removals beyond the limit are forgotten", () => {
    const removed = Array.from({ length: secretLimits.removed + 5 }, (_, at) => item(`R${at}`, at + 1, null));
    const merged = mergeSecrets([], removed);
    expect(merged).to.have.length(secretLimits.removed);
    expect(Math.min(...merged.map(({ version: at }) => at))).to.equal(6);
  });

  it("error: secrets-too-many in number or in size; removed ones do not count", async () => {
    const many = Array.from({ length: secretLimits.count }, (_, at) => item(`S${at}`, 1));
    mergeSecrets(many, [item("GONE", 1, null)]);
    expect((await failureOf(() => mergeSecrets(many, [item("ONE_MORE", 1)]))).code).to.equal(
      "secrets-too-many",
    );
    const large = Array.from({ length: 9 }, (_, at) => item(`S${at}`, 1, "x".repeat(32_000)));
    expect((await failureOf(() => mergeSecrets([], large))).code).to.equal("secrets-too-many");
    mergeSecrets([], large.slice(0, 8));
  });
});

describe("checkSecret", () => {
  it("default: names of environment variables, values of text", () => {
    for (const name of ["A", "_", "API_KEY_2"]) checkSecret(name, "x");
    checkSecret("BIG", "ä".repeat(secretLimits.valueBytes / 2));
    checkSecretTotals([]);
  });

  it("error: names that are no names, that requests own, and values that are none", async () => {
    const codeOf = async (name: string, value: string | null = "x") =>
      (await failureOf(() => checkSecret(name, value))).code;
    for (const name of ["", "a", "1A", "A-B", "A=B", "A\n", "Ä", "X".repeat(129)])
      expect(await codeOf(name), name).to.equal("secret-name-invalid");
    for (const name of ["PATH_INFO", "REQUEST_METHOD", "HTTP_HOST", "REQUEST_ID"])
      expect(await codeOf(name), name).to.equal("secret-name-reserved");
    for (const value of ["", "a\0b", "\ud800"])
      expect(await codeOf("A", value)).to.equal("secret-value-invalid");
    expect(await codeOf("A", "ä".repeat(secretLimits.valueBytes / 2 + 1))).to.equal("secret-too-large");
  });
});
