/** A deal that answers its owner and whom the owner permits: privateDeal.ts <module.wasm> */
import { readFile } from "node:fs/promises";
import {
  createCaller,
  createDeal,
  parseAmount,
  requireAccount,
  signCallPermission,
  stopDeal,
  waitForMatch,
  waitForReady,
} from "@millrace/sdk";
import { openDevnet } from "./devnet.ts";
import { oneWorker } from "./terms.ts";

const { chain, api } = await openDevnet("developer");
const { chain: friend } = await openDevnet("caller");
const [, , file = ""] = process.argv;

const { cid } = await api.uploadBlob(await readFile(file));
const terms = oneWorker(chain, cid, { openToAll: false });
const { deal } = await createDeal(chain, { terms, deposit: parseAmount("0.1", 6) });
await waitForMatch(chain, { deal, terms });
await waitForReady(chain, { deal, terms });

const own = await createCaller({ chain }).call(deal, { body: "mine" });
console.log(`The owner gets ${own.status}.`);

const stranger = await createCaller({ chain: friend }).call(deal, { body: "yours" });
console.log(`Without a permission: ${stranger.error?.code}.`);

// Signed, not sent: a permission costs nothing and is given to the caller as it likes (encodePermission makes it text).
const permission = await signCallPermission({
  ...{ deployment: chain.deployment, account: requireAccount(chain), deal },
  caller: requireAccount(friend).address,
  expiresAt: Math.floor(Date.now() / 1000) + 3600,
  callsPerMinute: 60,
});
const permitted = await createCaller({ chain: friend, permission }).call(deal, { body: "yours" });
console.log(`With one: ${permitted.status}.`);

await stopDeal(chain, { deal });
