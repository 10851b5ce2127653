import { mkdir, readdir, readFile, rename, rmdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { signSecret, sealSecrets, type SecretItem } from "@millrace/sdk";
import { expect } from "chai";
import { pino } from "pino";
import { generatePrivateKey, privateKeyToAccount, privateKeyToAddress } from "viem/accounts";
import { createDealAsking } from "../../src/secrets/dealAsking.ts";
import { createDealSecrets } from "../../src/secrets/dealSecrets.ts";
import { createKeyring } from "../../src/secrets/keyring.ts";
import type { PeerAnswer } from "../../src/secrets/peers.ts";
import { createRedactor } from "../../src/secrets/redactor.ts";
import { openSecretKeeper } from "../../src/secrets/secretKeeper.ts";
import { exampleDeployment as deployment } from "../support/deployment.ts";
import { useFolder } from "../support/folder.ts";

const log = pino({ level: "silent" });
const owner = privateKeyToAccount(generatePrivateKey());
const deal = 3n;
const owned = { deal, owner: owner.address };
const newOperator = () => {
  const privateKey = generatePrivateKey();
  return { privateKey, address: privateKeyToAddress(privateKey) };
};
type Operator = ReturnType<typeof newOperator>;
const sign = (value: string | null, version = Date.now(), name = "TOKEN"): Promise<SecretItem> =>
  signSecret({ deployment, account: owner, deal, name, value, version });

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 250 && !(await holds()); tries += 1)
    await new Promise((resolve) => setTimeout(resolve, 20));
  expect(await holds()).to.equal(true);
}

describe("the secrets of a node whose operator key is replaced", () => {
  const folder = useFolder();

  async function open(present: Operator, operators: Operator[] = [present], nowMs = Date.now) {
    const held = [...operators];
    let inForce = present;
    const keyring = await createKeyring({
      ...{ deployment, nodeId: 7 },
      ...{ present: () => inForce, operators: () => held },
    });
    const keeper = await openSecretKeeper({ folder: folder(), nodeId: 7, keyring, log, nowMs });
    const put = async (item: SecretItem) => {
      const [key = "0x"] = keyring.publicKeys();
      return keeper.put(owned, await sealSecrets({ deployment, deal }, key, [item]));
    };
    const tokenOf = async () => {
      await keeper.entries(owned); // the owner's signature counts
      return keeper.environment(owned)["TOKEN"];
    };
    return { keeper, keyring, held, put, tokenOf, take: (next: Operator) => (inForce = next) };
  }

  it("default: what was stored while both keys were there is read with the new key alone", async () => {
    const [old, next] = [newOperator(), newOperator()];
    const before = await open(old);
    await before.put(await sign("s3cret"));
    // A rotation is under way: a start with both keys seals everything anew.
    await open(old, [old, next]);
    expect(await (await open(next)).tokenOf()).to.equal("s3cret");
  });

  it("behavior: a key that comes while the node runs is sealed to at the next look at the chain", async () => {
    const [old, next] = [newOperator(), newOperator()];
    const running = await open(old);
    await running.put(await sign("s3cret"));
    const shown = running.keyring.encryption();
    running.held.push(next);
    running.keeper.tick(undefined as never, [], new Set([deal]));
    for (let tries = 0; tries < 100 && running.keyring.publicKeys().length < 2; tries += 1)
      await new Promise((resolve) => setTimeout(resolve, 20));
    expect(running.keyring.encryption()).to.deep.equal(shown);
    running.take(next);
    expect(running.keyring.encryption()).not.to.deep.equal(shown);
    // Sealing anew is in turn with every other change.
    await running.put(await sign("newer"));
    const alone = await open(next);
    expect(await alone.tokenOf()).to.equal("newer");
    // And from now on the old key is not sealed to any more.
    expect(await (await open(old)).tokenOf()).to.equal(undefined);
  });

  it("behavior: with a foreign key nothing is read, nothing is lost, and the status says so", async () => {
    const [old, foreign] = [newOperator(), newOperator()];
    await (await open(old)).put(await sign("s3cret"));
    const blind = await open(foreign);
    expect(await blind.tokenOf()).to.equal(undefined);
    expect(blind.keeper.hasAny(deal)).to.equal(false);
    expect(await (await open(old)).tokenOf()).to.equal("s3cret");
  });

  it("behavior: a damaged file is told and does not keep the node from starting", async () => {
    const operator = newOperator();
    await (await open(operator)).put(await sign("s3cret"));
    const path = join(folder(), "deal-3.json");
    for (const content of [
      "",
      "{",
      '{"sealed":{"0x":"!"}}',
      (await readFile(path, "utf8")).replace(/.{8}"}}$/, '"}}'),
    ]) {
      await writeFile(path, content);
      const damaged = await open(operator);
      expect(await damaged.tokenOf()).to.equal(undefined);
    }
    const mended = await open(operator);
    await mended.put(await sign("again"));
    expect(await (await open(operator)).tokenOf()).to.equal("again");
  });

  it("behavior: a write that failed when the next key came is made up for before the old key is gone", async () => {
    const [old, next] = [newOperator(), newOperator()];
    const running = await open(old);
    await running.put(await sign("s3cret"));
    const path = join(folder(), "deal-3.json");
    await rename(path, join(folder(), "aside"));
    await mkdir(path); // nothing can be put in its place
    running.held.push(next);
    const look = () => running.keeper.tick(undefined as never, [], new Set([deal]));
    look();
    await until(() => running.keyring.publicKeys().length === 2);
    await new Promise((resolve) => setTimeout(resolve, 200));
    await rmdir(path);
    await rename(join(folder(), "aside"), path);
    expect(await (await open(next)).tokenOf(), "not yet").to.equal(undefined);
    await until(async () => {
      look();
      return (await (await open(next)).tokenOf()) === "s3cret";
    });
  });

  it("behavior: what a killed process was about to write is removed at the start", async () => {
    const operator = newOperator();
    await (await open(operator)).put(await sign("s3cret"));
    await writeFile(join(folder(), "deal-3.json.0123456789ab"), "half");
    expect(await (await open(operator)).tokenOf()).to.equal("s3cret");
    expect(await readdir(folder())).to.deep.equal(["deal-3.json"]);
  });

  it("behavior: the secrets of a deal that is no longer the node's are deleted, but not for a lagging chain", async () => {
    let aheadMs = 0;
    const operator = newOperator();
    const { keeper, put } = await open(operator, [operator], () => Date.now() + aheadMs);
    await put(await sign("s3cret"));
    const look = (...wanted: bigint[]) => keeper.tick(undefined as never, [], new Set(wanted));
    look(deal);
    look();
    aheadMs = 9 * 60_000;
    look();
    look(deal); // it was there after all
    aheadMs = 18 * 60_000;
    look();
    expect(await readdir(folder())).to.deep.equal(["deal-3.json"]);
    expect(keeper.hasAny(deal)).to.equal(true);
    aheadMs = 28 * 60_000 + 1;
    look();
    for (let tries = 0; tries < 100 && (await readdir(folder())).length > 0; tries += 1)
      await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await readdir(folder())).to.deep.equal([]);
    expect(keeper.environment(owned)).to.deep.equal({});
  });

  it("behavior: many changes at the same time lose none", async () => {
    const operator = newOperator();
    const keyring = await createKeyring({
      ...{ deployment, nodeId: 7 },
      ...{ present: () => operator, operators: () => [] },
    });
    const path = join(folder(), "deal-3.json");
    const secrets = createDealSecrets({ deal, keyring, path });
    const names = Array.from({ length: 20 }, (_, at) => `S${at}`);
    await Promise.all(
      names.map(async (name) => secrets.merge(owner.address, [await sign(name, Date.now(), name)])),
    );
    const again = createDealSecrets({ deal, keyring, path });
    expect(await again.load()).to.equal(undefined);
    await again.settleOwner(owner.address);
    expect(Object.keys(again.environment(owner.address))).to.have.members(names);
  });
});

describe("createDealAsking", () => {
  interface Scene {
    answers: PeerAnswer[] | Error;
    unreadable?: string;
    held?: number;
  }

  /** Ticks until nothing is asked for the moment, at a time that the test moves. */
  function start(scene: Scene) {
    let now = 0;
    let held = scene.held ?? 0;
    const taken: (readonly SecretItem[])[] = [];
    const asking = createDealAsking({
      ...{ deal, log, unreadable: scene.unreadable, nowMs: () => now },
      hasItems: () => held > 0,
      ask: () =>
        scene.answers instanceof Error ? Promise.reject(scene.answers) : Promise.resolve(scene.answers),
      take: (items) => {
        taken.push(items);
        if (items.some(({ value }) => value === "forged")) return Promise.reject(new Error("not signed"));
        held += items.length;
        return Promise.resolve();
      },
    });
    return {
      asking,
      taken,
      after: async (ms: number) => {
        now = ms;
        asking.tick();
        await new Promise((resolve) => setImmediate(resolve));
      },
    };
  }

  const item = async (value: string) => [await sign(value)];
  const peer = { node: 2, isPresent: true };
  const none: PeerAnswer = { ...peer, kind: "none" };
  const withheld: PeerAnswer = { ...peer, node: 3, kind: "withheld", reason: "not a worker" };
  const silent: PeerAnswer = { ...peer, node: 4, kind: "silent", reason: "ECONNREFUSED" };
  const gone: PeerAnswer = { ...silent, node: 5, isPresent: false };

  it("default: waits until it has asked, takes what is given, and is served", async () => {
    const { asking, taken, after } = start({
      answers: [none, { ...peer, kind: "items", items: await item("a") }],
    });
    expect(asking.waitsFor()).to.contain("asking");
    await after(0);
    expect(taken).to.have.length(1);
    expect(asking.waitsFor()).to.equal(undefined);
    expect(asking.problem()).to.equal(undefined);
  });

  it("behavior: is served at once where nobody has any, where nobody else is, or where those that left are gone", async () => {
    for (const answers of [[none, none], [], [gone], [none, gone]]) {
      const { asking, after } = start({ answers });
      await after(0);
      expect(asking.waitsFor()).to.equal(undefined);
      expect(asking.problem()).to.equal(undefined);
    }
  });

  it("behavior: with secrets of its own it is served at once, whatever the others say", () => {
    const { asking } = start({ answers: [withheld], held: 1 });
    expect(asking.waitsFor()).to.equal(undefined);
  });

  it("behavior: waits while a worker withholds them, but not for ever, and says so", async () => {
    const { asking, after } = start({ answers: [withheld, silent] });
    for (const ms of [0, 1_000, 60_000, 119_000]) {
      await after(ms);
      expect(asking.waitsFor()).to.contain("node 3: not a worker");
    }
    await after(121_000);
    expect(asking.waitsFor()).to.equal(undefined);
    expect(asking.problem()).to.contain("did not get").and.to.contain("set them again");
  });

  it("behavior: waits a moment for a worker that does not answer; all gone does not block the deal", async () => {
    const scene: Scene = { answers: [silent] };
    const { asking, after } = start(scene);
    await after(0);
    expect(asking.waitsFor()).to.contain("node 4");
    await after(6_000);
    expect(asking.waitsFor()).to.equal(undefined);
    expect(asking.problem()).to.contain("secrets may be missing");
    // It goes on asking, and takes what comes late.
    scene.answers = [{ ...peer, kind: "items", items: await item("late") }];
    await after(700_000);
    expect(asking.problem()).to.equal(undefined);
  });

  it("behavior: forged items of one worker do not keep those of another out", async () => {
    const forged: PeerAnswer = { ...peer, kind: "items", items: await item("forged") };
    const { asking, taken, after } = start({
      answers: [forged, { ...peer, node: 6, kind: "items", items: await item("true") }],
    });
    await after(0);
    expect(taken).to.have.length(2);
    expect(asking.waitsFor()).to.equal(undefined);
  });

  it("behavior: a file that cannot be read means that there are some; with nobody to ask it is told as lost", async () => {
    const asked = start({ answers: [none], unreadable: "sealed to another key" });
    await asked.after(0);
    expect(asked.asking.waitsFor()).to.contain("sealed to another key");
    const alone = start({ answers: [], unreadable: "sealed to another key" });
    await alone.after(0);
    expect(alone.asking.waitsFor()).to.equal(undefined);
    expect(alone.asking.problem()).to.contain("must set them again");
  });

  it("behavior: a chain that cannot be read does not block the deal for ever", async () => {
    const { asking, after } = start({ answers: new Error("RPC is down") });
    await after(0);
    expect(asking.waitsFor()).to.contain("RPC is down");
    await after(6_000);
    expect(asking.waitsFor()).to.equal(undefined);
    expect(asking.problem()).to.contain("RPC is down");
  });
});

describe("createRedactor", () => {
  it("default: replaces every value of four characters or more, the longest first, old ones too", () => {
    const { learn, redact } = createRedactor();
    learn(["hunter2", "hunter2-longer", "abc"]);
    expect(redact("hunter2-longer, hunter2hunter2, abc")).to.equal("***, ******, abc");
    learn(["other"]);
    expect(redact("hunter2 other")).to.equal("*** ***");
  });

  it("behavior: finds the lines of a value of several lines, since a log has lines", () => {
    const { learn, redact } = createRedactor();
    learn(["-----BEGIN KEY-----\r\nMIIabc\n\nxyz1\n-----END KEY-----"]);
    for (const line of ["-----BEGIN KEY-----", "  MIIabc", "xyz1"])
      expect(redact(line)).to.match(/^\s*\*\*\*$/);
    expect(redact("nothing of it")).to.equal("nothing of it");
  });

  it("behavior: a value is text, no pattern and no replacement", () => {
    const { learn, redact } = createRedactor();
    learn(["a.*b$&", "$1(x)"]);
    expect(redact("a.*b$& axxb $1(x)")).to.equal("*** axxb ***");
  });
});
