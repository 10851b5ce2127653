import { existsSync } from "node:fs";
import { join } from "node:path";
import { readKeystore, writeKeystore } from "@millrace/sdk/node";
import { generatePrivateKey, privateKeyToAddress } from "viem/accounts";
import { defineCommand, option, optionalArgument, optionOr } from "../../command.ts";
import type { Context } from "../../context.ts";
import { failure } from "../../errors.ts";
import { readInput, writeFileWhole } from "../../files.ts";
import { plural } from "../../format.ts";
import { shortPath } from "../../function/build.ts";
import { configFile, randomPassword } from "../../node/config.ts";
import { describeAttributes, describeMachine, nothingGiven } from "../../node/machine.ts";
import { describeMeasure, measureMachine } from "../../node/measure.ts";
import { formatFields } from "../../output.ts";
import { httpUrl, integer, text } from "../../parse.ts";
import { getPassword } from "../../wallet/password.ts";

export const nodeInit = defineCommand({
  name: "node init",
  summary: "Prepare a node: an operator key and its settings file",
  details:
    "Makes a folder with the operator key (encrypted), the password that lets the daemon open it, and node.json, and " +
    "measures the machine: cores, memory, disk, computing. What it proposes is what node add registers unless it is " +
    "told otherwise; the bandwidth is yours to state. Nothing is sent anywhere. Run again after an interruption, it takes up what is there.",
  needs: "network",
  args: { folder: optionalArgument("folder", "where the node lives", text, "./millrace-node") },
  options: {
    host: optionOr("--host <address>", "address to listen on", text, "127.0.0.1"),
    port: optionOr("--port <n>", "port to listen on", integer(1, 65_535), 8700),
    publicUrl: option("--public-url <url>", "where callers reach the node", httpUrl, "http://<host>:<port>"),
    passwordFile: option(
      "--password-file <path>",
      "use this file's password for the operator key (also MILLRACE_KEYSTORE_PASSWORD)",
      text,
      "a new random one in the folder",
    ),
  },
  examples: [
    "millrace node init",
    "millrace node init ./node1 --host 0.0.0.0 --port 443 --public-url https://node1.example.org",
  ],
  handler: async (context, { args, options }) => {
    const folder = context.path(args.folder ?? "millrace-node");
    const file = join(folder, configFile);
    if (existsSync(file))
      throw failure("node-exists", `There is a node in ${folder} already.`, {
        nextStep: "Choose another folder, or go on with it: millrace node add",
      });
    const network = await context.network();
    const key = await makeOperatorKey(context, folder, options.passwordFile);
    const publicUrl = options.publicUrl ?? `http://${options.host}:${options.port}`;
    // A copy: the folder is all that the node needs, also on another machine.
    await writeFileWhole(
      join(folder, "deployment.json"),
      await readInput(network.deployment, "The deployment"),
    );
    const settings = {
      rpcUrl: network.rpcUrl,
      deployment: "deployment.json",
      blobSources: [network.apiUrl],
      dataFolder: "data",
      listen: { host: options.host, port: options.port },
      publicUrl,
      keystore: "operator.json",
      ...(key.passwordFile === undefined ? {} : { passwordFile: key.passwordFile }),
    };
    await writeFileWhole(file, `${JSON.stringify(settings, undefined, 2)}\n`);
    const { units, attributes } = describeMachine(nothingGiven);
    const measured = await measureMachine(folder);
    return {
      data: { file, operator: key.address, publicUrl, proposal: { units, attributes }, measured },
      text: formatFields(
        [
          ["settings", shortPath(file, context.cwd)],
          ["operator", key.address],
          ["address", publicUrl],
          ["this machine", `${describeAttributes(attributes)}; ${describeMeasure(measured)}`],
          ["proposal", `${plural(units, "unit")} (1 core and 2 GiB each)`],
          [
            "next",
            `millrace node add --config ${shortPath(folder, context.cwd)} --ask <price per unit and epoch> --bandwidth <Mbps>`,
          ],
        ],
        context.paint,
      ),
    };
  },
});

/** Makes the key, or opens the one that an interrupted run left. */
async function makeOperatorKey(context: Context, folder: string, optionFile: string | undefined) {
  const keystore = join(folder, "operator.json");
  const given = optionFile === undefined ? undefined : context.path(optionFile);
  const variable = { name: "MILLRACE_KEYSTORE_PASSWORD", value: context.env["MILLRACE_KEYSTORE_PASSWORD"] };
  const isOwn = given === undefined && variable.value === undefined;
  const ownFile = join(folder, "operator.password");
  if (isOwn && !existsSync(ownFile)) await writeFileWhole(ownFile, `${randomPassword()}\n`, 0o600);
  const keyFile = isOwn ? ownFile : undefined;
  const password = await getPassword({ optionFile: given, keyFile, variable, of: "the operator key" });
  if (!existsSync(keystore)) await writeKeystore(keystore, generatePrivateKey(), password);
  const address = privateKeyToAddress(await readKeystore(keystore, password));
  return { address, passwordFile: isOwn ? "operator.password" : given };
}
