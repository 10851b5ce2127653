/** What every test of a role that sends transactions begins with: a chain, its index, a developer and the role's wallet. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Chain } from "@millrace/sdk";
import { expect } from "chai";
import { openStore } from "../../src/store/open.ts";
import type { Store } from "../../src/store/store.ts";
import { startNetwork, type TestNetwork } from "./network.ts";

/** The accounts are those of Hardhat's test phrase; 2 to 5 are left for providers. */
export interface RoleSetting {
  readonly network: TestNetwork;
  readonly store: Store;
  readonly developer: Chain;
  /** Signs for the role. */
  readonly wallet: Chain;
  /** How many transactions an account has sent. */
  sentBy: (chain: Chain) => Promise<number>;
  /** Indexes the chain, has the role look once and finish what it began, and indexes what came of it. */
  pass: (role: Role) => Promise<void>;
  close: () => Promise<void>;
}

/** A matcher, a keeper or a scaler. */
interface Role {
  step: () => Promise<void>;
  idle: () => Promise<void>;
}

/** Starts a chain of its own and an index on the embedded database. */
export async function openRoleSetting(): Promise<RoleSetting> {
  const network = await startNetwork();
  const folder = await mkdtemp(join(tmpdir(), "millrace-role-"));
  const store = await openStore({ deployment: network.deployment, dataFolder: folder });
  return {
    ...{ network, store },
    ...{ developer: await network.connectAs(1), wallet: await network.connectAs(6) },
    sentBy: (chain) => chain.publicClient.getTransactionCount({ address: chain.account?.address ?? "0x" }),
    async pass(role) {
      await network.index(store);
      await role.step();
      await role.idle();
      await network.index(store);
    },
    async close() {
      await store.close();
      await network.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/**
 * Has the database refuse a role's first query with this text in it, and expects the role to look again in the same block,
 * once.
 * @param open makes the role on the store that it is given
 */
export async function expectToLookAgain(
  { network, store }: RoleSetting,
  text: string,
  open: (store: Store) => Pick<Role, "step">,
): Promise<void> {
  let asked = 0;
  const query: Store["database"]["query"] = (sql, parameters) => {
    if (!sql.includes(text)) return store.database.query(sql, parameters);
    asked += 1;
    return asked === 1 ? Promise.reject(new Error("gone")) : store.database.query(sql, parameters);
  };
  const role = open({ ...store, database: { ...store.database, query } });
  await network.index(store);
  const error: unknown = await role.step().catch((reason: unknown) => reason);
  expect(error).to.be.instanceOf(Error).with.property("message", "gone");
  await role.step();
  await role.step(); // now there is nothing new in this block
  expect(asked).to.equal(2);
}
