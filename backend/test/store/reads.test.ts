import { dealStatuses, MillraceError } from "@millrace/sdk";
import { expect } from "chai";
import { indexTo } from "../../src/indexer/indexer.ts";
import { getDeal, listDeals, listWorkers } from "../../src/store/deals.ts";
import { listHistory } from "../../src/store/history.ts";
import { eventId, listEvents, listPayments, paymentId } from "../../src/store/log.ts";
import { listAttestations } from "../../src/store/attestations.ts";
import { getNode, listNodes, listOffers } from "../../src/store/nodes.ts";
import { getProvider, listProviders } from "../../src/store/providers.ts";
import { listSlashes } from "../../src/store/slashes.ts";
import type { List, Page } from "../../src/store/snapshot.ts";
import type { Store } from "../../src/store/store.ts";
import { simulateChain } from "../indexer/simulatedChain.ts";
import { createTestDatabase, databaseKinds, type TestDatabase } from "./databases.ts";

type Lister = (page: Page) => Promise<List<unknown>>;

for (const kind of databaseKinds) {
  describe(`reads on ${kind}`, () => {
    let database: TestDatabase;
    let store: Store;
    const chain = simulateChain();
    before(async () => {
      for (let number = 0; number < 40; number++)
        chain.mine(
          [0, 1, 2, 3, 4].map((n) => ({ kind: number + n * 2, who: n + number, amount: number * 37 + n })),
        );
      database = await createTestDatabase(kind);
      store = await database.open();
    });
    after(async () => {
      await store.close();
      await database.remove();
    });

    it("behavior: before the first block everything is empty, as of block 0", async () => {
      const list = await listDeals(store, { limit: 10 });
      expect(list).to.deep.include({ asOfBlock: 0, finalizedBlock: 0, items: [], next: null });
      expect(await getDeal(store, 1)).to.equal(undefined);
    });

    it("default: pages of three come to the same as one page", async () => {
      await indexTo({ store, source: chain, finality: { depth: 4 }, toBlock: chain.height });
      const lists: Record<string, Lister> = {
        providers: (page) => listProviders(store, page),
        nodes: (page) => listNodes(store, page),
        offers: (page) => listOffers(store, page),
        attestations: (page) => listAttestations(store, page),
        deals: (page) => listDeals(store, page),
        workers: (page) => listWorkers(store, { ...page, released: true }),
        slashes: (page) => listSlashes(store, page),
        payments: (page) => listPayments(store, page),
        events: (page) => listEvents(store, page),
        eventsOfDeal: (page) => listEvents(store, { ...page, deal: 1 }),
        eventsOfNode: (page) => listEvents(store, { ...page, node: 1 }),
      };
      for (const [name, list] of Object.entries(lists)) {
        const whole = await list({ limit: 500 });
        expect(whole, name).to.include({ asOfBlock: 40, finalizedBlock: 36, next: null });
        expect(whole.items.length, name).to.be.above(3);
        const items: unknown[] = [];
        let cursor: string | undefined;
        do {
          const page: List<unknown> = await list({ limit: 3, cursor });
          expect(page.items.length, name).to.be.at.most(3);
          items.push(...page.items);
          cursor = page.next ?? undefined;
        } while (cursor !== undefined);
        expect(items, name).to.deep.equal(whole.items);
      }
    });

    it("behavior: ids are the cursors of the log, filters and single reads agree with the lists", async () => {
      const { items: events } = await listEvents(store, { limit: 500 });
      const [first, second] = events;
      if (first === undefined || second === undefined) throw new Error("No events");
      const after = await listEvents(store, { limit: 1, cursor: eventId(first) });
      expect(after.items).to.deep.equal([second]);
      const payments = (await listPayments(store, { limit: 500 })).items;
      expect(new Set(payments.map(paymentId)).size).to.equal(payments.length);

      const { items: deals } = await listDeals(store, { limit: 500 });
      const byStatus = await Promise.all(
        dealStatuses.map(async (status) => (await listDeals(store, { limit: 500, status })).items),
      );
      expect(byStatus.flat().sort((a, b) => a.row.id - b.row.id)).to.deep.equal(deals);
      const owner = deals[0]?.row.owner;
      const owned = deals.filter(({ row }) => row.owner === owner);
      expect((await listDeals(store, { limit: 500, owner })).items).to.deep.equal(owned);

      expect((await getDeal(store, 1))?.item).to.deep.equal(deals[0]);
      expect((await getNode(store, 1))?.item).to.deep.equal((await listNodes(store, { limit: 1 })).items[0]);
      const [provider] = (await listProviders(store, { limit: 1 })).items;
      expect((await getProvider(store, 1))?.item).to.deep.equal(provider);
      expect(await getProvider(store, 9_999)).to.equal(undefined);
    });

    it("error: cursor-invalid for what no page gave", async () => {
      const attempts: (() => Promise<unknown>)[] = [
        () => listDeals(store, { limit: 1, cursor: "1-2" }),
        () => listEvents(store, { limit: 1, cursor: "x" }),
        () => listOffers(store, { limit: 1, cursor: "1-0x" }),
        () => listAttestations(store, { limit: 1, cursor: "1-0x-0x" }),
        () => listPayments(store, { limit: 1, cursor: "1-2" }),
        // Right in shape, but of numbers that no row's column can hold.
        () => listProviders(store, { limit: 1, cursor: "3000000000" }),
        () => listNodes(store, { limit: 1, cursor: "3000000000" }),
        () => listWorkers(store, { limit: 1, cursor: "1-3000000000" }),
        () => listEvents(store, { limit: 1, cursor: "1-3000000000" }),
        () => listPayments(store, { limit: 1, cursor: "1-3000000000-0" }),
        () => listPayments(store, { limit: 1, cursor: "1-1-3000000000" }),
        () => listOffers(store, { limit: 1, cursor: `3000000000-0x${"1".repeat(40)}` }),
        () =>
          listAttestations(store, {
            limit: 1,
            cursor: `3000000000-0x${"1".repeat(64)}-0x${"1".repeat(40)}`,
          }),
        () => listHistory(store, { deal: 1, limit: 1, cursor: "1-1-3000000000" }),
      ];
      for (const attempt of attempts) {
        const error: unknown = await Promise.resolve()
          .then(attempt)
          .catch((reason: unknown) => reason);
        expect(error).to.be.instanceOf(MillraceError).with.property("code", "cursor-invalid");
      }
    });
  });
}
