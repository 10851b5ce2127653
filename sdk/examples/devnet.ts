import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { connect, createApi, type Api, type Chain } from "@millrace/sdk";
import { readDeployment, readKeystore } from "@millrace/sdk/node";

interface NetworkFile {
  rpcUrl: string;
  apiUrl: string;
  deployment: string;
  accounts: { name: string; keystore: string; passwordFile: string }[];
}

/** Opens the running devnet for one of its accounts. */
export async function openDevnet(account: string): Promise<{ chain: Chain; api: Api }> {
  const file = resolve(process.env["MILLRACE_NETWORK"] ?? ".millrace/devnet/network.json");
  const network = JSON.parse(await readFile(file, "utf8")) as NetworkFile;
  const found = network.accounts.find(({ name }) => name === account);
  if (found === undefined) throw new Error(`The devnet has no account ${account}.`);
  const at = (path: string) => resolve(dirname(file), path);
  const password = (await readFile(at(found.passwordFile), "utf8")).trim();
  const chain = await connect({
    rpcUrl: network.rpcUrl,
    deployment: await readDeployment(at(network.deployment)),
    privateKey: await readKeystore(at(found.keystore), password),
  });
  return { chain, api: createApi(network.apiUrl) };
}
