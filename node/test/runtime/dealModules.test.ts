import { join } from "node:path";
import { PAGES_PER_MIB, prepare } from "@millrace/machine";
import { moduleCid } from "@millrace/sdk";
import { expect } from "chai";
import { type Hex, keccak256 } from "viem";
import { type CallNode, openCallNode, settled } from "../support/callNode.ts";
import { eventually } from "../support/eventually.ts";
import { fixtureModule } from "../support/fixtures.ts";
import { useFolder } from "../support/folder.ts";

const versionOf = (answer: { body: string }) => /VERSION=([a-z]+)/.exec(answer.body)?.[1];
const echo = (version: string) => fixtureModule("echo", { env: { VERSION: version } });

/** Versions of a deal's function with real sandboxes; epochs are made by hand. */
describe("the versions of a deal's function", function () {
  this.timeout(30_000);
  const folder = useFolder();
  let node: CallNode;
  beforeEach(async () => {
    node = await openCallNode({
      folder: folder(),
      deals: [{ deal: 1n, module: echo("zero") }],
      maxQueued: 50,
    });
    await settled(node.table);
  });
  afterEach(() => node.close());

  const call = () => node.app.inject({ method: "POST", url: "/v1/deals/1/call", payload: "x" });
  const served = async () => versionOf(await call());
  const modules = () => node.table.status(10)[0]?.modules;
  const follows = (epoch: number) => node.table.status(epoch)[0]?.modules;
  async function announce(
    module: Uint8Array,
    fromEpoch: number,
    { isThere = true, functionCommitment }: { isThere?: boolean; functionCommitment?: Hex } = {},
  ): Promise<string> {
    const cid = await moduleCid(module);
    node.setModule(1n, {
      cid,
      module: isThere ? module : undefined,
      fromEpoch,
      ...(functionCommitment && { functionCommitment }),
    });
    return cid;
  }

  it("default: the next version is warmed before its epoch and answers from it on", async () => {
    const cid = await announce(echo("one"), 11);
    await eventually("warm", () => modules()?.next?.state === "ready");
    expect(modules()?.next).to.deep.include({ version: 1, cid, fromEpoch: 11 });
    expect(await served()).to.equal("zero");
    node.enterEpoch(11);
    expect(await served()).to.equal("one");
    expect(follows(11)?.present).to.deep.include({ version: 1, cid, state: "ready" });
    expect(follows(11)?.next).to.equal(undefined);
  });

  it("behavior: no call fails while versions change, and each is answered by the one or the other", async () => {
    await announce(echo("one"), 11);
    await eventually("warm", () => modules()?.next?.state === "ready");
    const before = Array.from({ length: 30 }, call);
    node.enterEpoch(11);
    const after = Array.from({ length: 10 }, call);
    const answers = await Promise.all([...before, ...after]);
    expect(answers.map(({ statusCode }) => statusCode)).to.deep.equal(answers.map(() => 200));
    expect(new Set((await Promise.all(after)).map(versionOf))).to.deep.equal(new Set(["one"]));
  });

  it("behavior: a version that nobody has yet leaves the present one in place, and takes over once it is there", async () => {
    const late = echo("late");
    const cid = await announce(late, 11, { isThere: false });
    node.enterEpoch(11);
    expect(await served()).to.equal("zero");
    expect(follows(11)?.present).to.deep.include({ version: 0, state: "ready" });
    expect(follows(11)?.next).to.deep.include({
      version: 1,
      cid,
      state: "fetching",
      reason: "nobody has it",
    });
    node.setModule(1n, { cid, module: late, fromEpoch: 12 });
    await eventually("it takes over", async () => (await served()) === "late");
  });

  it("behavior: a version that is refused never takes over; the one before serves on and the status says why", async () => {
    const cid = await announce(new TextEncoder().encode("no wasm"), 11);
    await eventually("refused", () => modules()?.next?.state === "failed");
    node.enterEpoch(11);
    node.enterEpoch(12);
    expect(await served()).to.equal("zero");
    expect(follows(12)?.next).to.deep.include({ version: 1, cid, state: "failed" });
    expect(follows(12)?.next?.reason).to.be.a("string");
    await announce(echo("two"), 13);
    await eventually("warm", () => node.table.status(13)[0]?.modules?.present.state === "ready");
    node.enterEpoch(13);
    await eventually("the repaired version", async () => (await served()) === "two");
  });

  it("behavior: a version that is not what its commitment says never takes over; with the right one it does", async () => {
    const one = echo("one");
    const wrong = keccak256("0x01");
    const right = prepare(one, { maxPages: 128 * PAGES_PER_MIB }).commitment;
    await announce(one, 11, { functionCommitment: wrong });
    await eventually("refused", () => modules()?.next?.state === "failed");
    node.enterEpoch(11);
    expect(await served()).to.equal("zero");
    const refused = follows(11)?.next;
    expect(refused).to.deep.include({ version: 1, functionCommitment: wrong, state: "failed" });
    expect(refused?.reason).to.include(`commitment is ${wrong}`).and.include(right);
    await announce(one, 12, { functionCommitment: right });
    await eventually(
      "warm",
      () => follows(11)?.next?.state === "failed" && follows(12)?.present.version === 2,
    );
    node.enterEpoch(12);
    await eventually("it takes over", async () => (await served()) === "one");
    expect(follows(12)?.present).to.deep.include({ version: 2, functionCommitment: right, state: "ready" });
  });

  it("behavior: a deal with a wrong commitment is refused with the reason; the others are served", async () => {
    const zero = echo("zero");
    const { commitment } = prepare(zero, { maxPages: 128 * PAGES_PER_MIB });
    const other = await openCallNode({
      folder: join(folder(), "other"),
      deals: [
        { deal: 1n, module: zero, functionCommitment: keccak256("0x01") },
        { deal: 2n, module: zero, functionCommitment: commitment },
        { deal: 3n, module: zero },
      ],
    });
    try {
      await settled(other.table);
      const states = other.table.status(10).map(({ deal, state }) => [deal, state]);
      expect(states).to.deep.equal([
        ["1", "failed"],
        ["2", "ready"],
        ["3", "ready"],
      ]);
      const answers = await Promise.all(
        [1, 2, 3].map((deal) =>
          other.app.inject({ method: "POST", url: `/v1/deals/${deal}/call`, payload: "x" }),
        ),
      );
      expect(answers.map(({ statusCode }) => statusCode)).to.deep.equal([502, 200, 200]);
      const { error } = answers[0]?.json<{ error: { code: string; message: string } }>() ?? {};
      expect(error?.code).to.equal("module-refused");
      expect(error?.message).to.include(commitment);
      expect(other.table.load().sandboxes, "the refused one is closed").to.equal(2);
    } finally {
      await other.close();
    }
  });

  it("behavior: going back to an earlier module is a version like any other", async () => {
    await announce(echo("one"), 11);
    await eventually("warm", () => modules()?.next?.state === "ready");
    node.enterEpoch(11);
    expect(await served()).to.equal("one");
    await announce(echo("zero"), 12);
    await eventually("warm", () => follows(11)?.next?.state === "ready");
    node.enterEpoch(12);
    expect(await served()).to.equal("zero");
    expect(follows(12)?.present.version).to.equal(2);
  });
});
