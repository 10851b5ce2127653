import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { MillraceError } from "@millrace/sdk";
import { expect } from "chai";
import { soleElection, startElection, type Election } from "../../src/store/election.ts";
import { ingest } from "../../src/store/ingest.ts";
import { readSpent, recordOutgoing, settleOutgoing } from "../../src/store/outgoing.ts";
import type { Store } from "../../src/store/store.ts";
import { eventually } from "../support/process.ts";
import { createTestDatabase, databaseKinds, type TestDatabase } from "./databases.ts";

const account = "0x00000000000000000000000000000000000000Aa";

describe("startElection", () => {
  let database: TestDatabase;
  let store: Store;
  before(async () => {
    database = await createTestDatabase("postgresql");
    store = await database.open();
  });
  after(async () => {
    await store.close();
    await database.remove();
  });
  const stand = (from: string, databaseUrl = database.databaseUrl ?? "") =>
    startElection({
      databaseUrl,
      roles: ["indexer", "keeper"],
      account: from,
      onChange: () => undefined,
      onTrouble: () => undefined,
    });
  const leads = (election: Election) => eventually(() => Promise.resolve(election.term("keeper")));

  it("default: one leads; when it closes the next one does, and knows who sent before", async () => {
    const first = stand("0x01");
    const { number } = await leads(first);
    const second = stand("0x02");
    await store.database.transaction((sql) => first.assertLeads(sql, "keeper"));
    expect(second.term("keeper")).to.equal(undefined);
    expect(first.term("matcher"), "a role that it doesn't stand for").to.equal(undefined);
    await first.close();
    expect(await leads(second)).to.include({ number: number + 1, predecessor: "0x01" });
    await second.close();
  });

  it("error: leadership-lost for every write and transaction once a later term began", async () => {
    const election = stand("0x01");
    await leads(election);
    const cost = { id: "late", role: "keeper", account, cost: 1n, capPerHour: 10n } as const;
    const fence = (sql: Parameters<Election["assertLeads"]>[0]) => election.assertLeads(sql, "indexer");
    const fenced = { ...store, ingestion: { fence, onFolded: () => undefined } };
    await ingest(fenced, null, () => Promise.resolve());
    // As another process does while this one is paused.
    await store.database.query("UPDATE leader SET term = term + 1");
    expect(await codeOf(ingest(fenced, null, () => Promise.resolve()))).to.equal("leadership-lost");
    expect(await codeOf(recordOutgoing(store.database, election, cost))).to.equal("leadership-lost");
    expect(await readSpent(store.database, account, 3_600)).to.equal(0n);
    await election.close();
  });

  it("behavior: a session that could not be set up is closed before the next one is opened", async () => {
    let refusals = 3;
    const open = new Set<Socket>();
    const target = new URL(database.databaseUrl ?? "");
    const server = Number(target.port);
    const proxy = createServer((near) => {
      const far = connect(server, target.hostname);
      open.add(far);
      far.on("close", () => open.delete(far)).on("error", () => undefined);
      near.on("close", () => far.destroy()).on("error", () => undefined);
      far.pipe(near);
      near.on("data", (chunk) => {
        const text = chunk.toString("latin1");
        const isRefused = text.includes("idle_session_timeout") && refusals-- > 0;
        // As an older server: it has no such setting.
        far.write(isRefused ? text.replace("idle_session_timeout", "idle_session_timeouX") : text, "latin1");
      });
    });
    await once(proxy.listen(0, "127.0.0.1"), "listening");
    const bound = proxy.address();
    target.port = typeof bound === "object" && bound !== null ? String(bound.port) : "";
    const election = stand("0x01", target.href);
    await leads(election);
    await eventually(() => Promise.resolve(open.size === 1));
    expect(refusals).to.be.below(1);
    await election.close();
    proxy.close();
  });

  it("behavior: a session that the server ends is stood for again, in a later term", async () => {
    const election = stand("0x01");
    const { number } = await leads(election);
    await store.database.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'millrace-election'",
    );
    await eventually(() => Promise.resolve((election.term("keeper")?.number ?? 0) > number));
    await election.close();
  });
});

for (const kind of databaseKinds)
  describe(`the cap on gas, on ${kind}`, () => {
    it("error: gas-cap-reached counts the most until the real cost is known, per account", async () => {
      const database = await createTestDatabase(kind);
      const store = await database.open();
      const record = (id: string, cost: bigint, from = account) =>
        recordOutgoing(store.database, soleElection(), {
          ...{ id, role: "keeper", account: from, cost, capPerHour: 100n },
        });
      try {
        await record("a", 60n);
        expect(await codeOf(record("b", 50n))).to.equal("gas-cap-reached");
        await record("other", 50n, "0x00000000000000000000000000000000000000Bb");
        await settleOutgoing(store.database, "a", 40n);
        await record("b", 50n);
        expect(await readSpent(store.database, account, 3_600)).to.equal(90n);
        await store.database.query("UPDATE outgoing SET sent_at = sent_at - 3601");
        await record("c", 100n);
      } finally {
        await store.close();
        await database.remove();
      }
    });
  });

async function codeOf(promise: Promise<unknown>): Promise<string | undefined> {
  return promise.then(
    () => undefined,
    (error: unknown) => (error instanceof MillraceError ? error.code : String(error)),
  );
}
