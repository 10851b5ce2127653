/** Publishes a function, makes a deal for it, calls it and ends the deal: deployAndCall.ts <module.wasm> */
import { readFile } from "node:fs/promises";
import { createCaller, createDeal, quoteDeal, stopDeal, waitForMatch, waitForReady } from "@millrace/sdk";
import { openDevnet } from "./devnet.ts";
import { oneWorker } from "./terms.ts";

const { chain, api } = await openDevnet("developer");
const [, , file = ""] = process.argv;

// A function is named by the CID of its bytes; whoever fetches it checks them.
const { cid } = await api.uploadBlob(await readFile(file));
const terms = oneWorker(chain, cid);

// The contract says what it costs; one transaction creates and funds the deal.
const { minimumDeposit, maximumRatePerEpoch } = await quoteDeal(chain, { terms, deposit: 0n });
const { deal } = await createDeal(chain, { terms, deposit: minimumDeposit + 20n * maximumRatePerEpoch });

await waitForMatch(chain, { deal, terms, report: (sentence) => console.log(sentence) });
const [worker] = await waitForReady(chain, { deal, terms });
console.log(`Deal ${deal} is served by node ${worker?.node}.`);

// The caller finds the workers on the chain and tries the next one where one does not answer.
const answer = await createCaller({ chain, api }).call(deal, { body: "Ada" });
console.log(`Node ${answer.node} answered ${answer.status}: ${new TextDecoder().decode(answer.body)}`);

await stopDeal(chain, { deal });
console.log(`Deal ${deal} ends with this epoch.`);
