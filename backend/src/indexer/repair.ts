import { parseArgs } from "node:util";
import { connect } from "@millrace/sdk";
import { readDeployment } from "@millrace/sdk/node";
import { rpcSource } from "../chain/rpcSource.ts";
import { parseConfig } from "../config/config.ts";
import { readCursor } from "../store/cursor.ts";
import { openStore } from "../store/open.ts";
import { indexTo } from "./indexer.ts";
import { refold } from "./refold.ts";

const usage = `Repairs or builds the index of a stopped backend; the environment variables are the backend's.
  node backend/src/indexer/repair.ts refold             folds the stored events into the tables again
  node backend/src/indexer/repair.ts build --to <block> indexes from where the database stands through a block`;

async function main(): Promise<void> {
  const { positionals, values } = parseArgs({ allowPositionals: true, options: { to: { type: "string" } } });
  const [command] = positionals;
  const toBlock = Number(values.to);
  if (command !== "refold" && !(command === "build" && Number.isSafeInteger(toBlock))) {
    console.error(usage);
    process.exitCode = 2;
    return;
  }
  const config = parseConfig(process.env);
  const deployment = await readDeployment(config.deploymentFile);
  const { dataFolder, databaseUrl, finality, rpcUrl } = config;
  const store = await openStore({ deployment, dataFolder, databaseUrl });
  try {
    if (command === "refold") {
      console.log(`Folded ${await refold(store)} events.`);
      return;
    }
    const source = rpcSource(await connect({ rpcUrl, deployment }));
    await indexTo({ store, source, finality, toBlock });
    console.log(`The index stands on block ${(await readCursor(store))?.number ?? "none"}.`);
  } finally {
    await store.close();
  }
}

await main();
