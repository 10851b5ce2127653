import type { ChainSource } from "../../src/chain/source.ts";
import type { Database, Sql } from "../../src/store/database.ts";
import type { Store } from "../../src/store/store.ts";

/** Thrown where the process is to die. */
export class Crash extends Error {}

/** Dies at the so-many-th wait from now on; 0: never. */
export interface Fuse {
  left: number;
}

function burn(fuse: Fuse): void {
  if (fuse.left > 0 && --fuse.left === 0) throw new Crash();
}

/** The source, with a wait that may be the last before and after each answer. */
export function crashingSource(source: ChainSource, fuse: Fuse): ChainSource {
  const wrap =
    <P extends unknown[], R>(ask: (...parameters: P) => Promise<R>) =>
    async (...parameters: P): Promise<R> => {
      burn(fuse);
      const answer = await ask(...parameters);
      burn(fuse);
      return answer;
    };
  return {
    head: wrap(() => source.head()),
    finalized: wrap(() => source.finalized()),
    block: wrap((number) => source.block(number)),
    blockByHash: wrap((hash) => source.blockByHash(hash)),
    rangeEvents: wrap((from, to) => source.rangeEvents(from, to)),
    blockEvents: wrap((block) => source.blockEvents(block)),
  };
}

/** The store, with a wait that may be the last around each query, also after the commit. */
export function crashingStore(store: Store, fuse: Fuse): Store {
  const wrap = (sql: Sql): Sql => ({
    query: async <T extends object>(text: string, parameters?: unknown[]) => {
      burn(fuse);
      const rows = await sql.query<T>(text, parameters);
      burn(fuse);
      return rows;
    },
  });
  const { database } = store;
  const crashing: Database = {
    ...database,
    ...wrap(database),
    transaction: async (work) => {
      const result = await database.transaction((sql) => work(wrap(sql)));
      burn(fuse);
      return result;
    },
  };
  return { ...store, database: crashing };
}
