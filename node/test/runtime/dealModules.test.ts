import { moduleCid } from "@millrace/sdk";
import { expect } from "chai";
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
  async function announce(module: Uint8Array, fromEpoch: number, isThere = true): Promise<string> {
    const cid = await moduleCid(module);
    node.setModule(1n, cid, isThere ? module : undefined, fromEpoch);
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
    const cid = await announce(late, 11, false);
    node.enterEpoch(11);
    expect(await served()).to.equal("zero");
    expect(follows(11)?.present).to.deep.include({ version: 0, state: "ready" });
    expect(follows(11)?.next).to.deep.include({
      version: 1,
      cid,
      state: "fetching",
      reason: "nobody has it",
    });
    node.setModule(1n, cid, late, 12);
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
