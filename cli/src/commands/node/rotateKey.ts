import { join, dirname, basename } from "node:path";
import {
  epochAt,
  epochStart,
  parseAmount,
  read,
  registryAbi,
  rotateOperator,
  sendCoin,
  type Chain,
} from "@millrace/sdk";
import { readKeystore, writeKeystore } from "@millrace/sdk/node";
import { existsSync } from "node:fs";
import type { Address } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { reading } from "../../chain/reading.ts";
import { defineCommand, optionOr } from "../../command.ts";
import type { Context } from "../../context.ts";
import { failure } from "../../errors.ts";
import { formatEther, formatTime } from "../../format.ts";
import { shortPath } from "../../function/build.ts";
import { addedSettings } from "../../node/choice.ts";
import { configOption, operatorPassword, recordKeys, type NodeSettings } from "../../node/config.ts";
import { readNodeAddress } from "../../node/state.ts";
import { formatFields } from "../../output.ts";
import { amount } from "../../parse.ts";

export const nodeRotateKey = defineCommand({
  name: "node rotate-key",
  summary: "Give a node a new operator key, from the next epoch on",
  details:
    "Writes the new key beside the present one (same password), gives it gas money, and registers it with its " +
    "consent. A node that runs takes it up by itself when its epoch comes. Run again after an interruption, it goes " +
    "on with the same key.",
  needs: "wallet",
  args: {},
  options: {
    config: configOption,
    gasMoney: optionOr("--gas-money <amount>", "what the new key shall hold, in ETH", amount, "0.1"),
  },
  examples: ["millrace node rotate-key", "millrace node rotate-key --config ./node1"],
  handler: async (context, { options }) => {
    const node = await addedSettings(context, options.config);
    const password = await operatorPassword(node, context.env);
    const chain = await context.signer();
    const { nodeId } = node;
    const { operator: current } = await readNodeAddress(chain, nodeId);
    const registry = { address: chain.deployment.contracts.registry, abi: registryAbi } as const;
    const { provider } = await read(chain, { ...registry, functionName: "getNode", args: [nodeId] });
    await refuseIfPending(chain, nodeId, current);
    context.interruption.next = `Run it again, it goes on where it was: millrace node rotate-key --config ${node.file}`;
    const { next, file } = await prepareKey(context, node, { password, current });
    const gasMoney = parseAmount(options.gasMoney, 18);
    const balanceOf = async (address: `0x${string}`) =>
      reading(chain, () => chain.publicClient.getBalance({ address }));
    const held = await balanceOf(next.address);
    if (held < gasMoney) await sendCoin(chain, { to: next.address, amount: gasMoney - held });
    const { fromEpoch, receipt } = await rotateOperator(chain, { node: nodeId, provider, current, next });
    const left = await balanceOf(current);
    return {
      data: {
        node: nodeId,
        operator: next.address,
        previous: current,
        previousHolds: left,
        fromEpoch,
        keystore: file,
        transactionHash: receipt.transactionHash,
      },
      text: formatFields(
        [
          ["new key", `${next.address} in ${shortPath(file, context.cwd)}`],
          [
            "in force",
            `from epoch ${fromEpoch} on, ${formatTime(epochStart(chain.deployment, fromEpoch))}; a running node changes over by itself`,
          ],
          ["old key", `${current} holds ${formatEther(left)}; keep it until then`],
          ["next", `millrace node status ${nodeId}`],
        ],
        context.paint,
      ),
    };
  },
});

/** Until the newest key is in force the one before it is needed, so that its file must stay in the settings. */
async function refuseIfPending(chain: Chain, node: number, newest: Address): Promise<void> {
  const { deployment } = chain;
  const registry = { address: deployment.contracts.registry, abi: registryAbi } as const;
  const { fromEpoch } = await read(chain, { ...registry, functionName: "getOperatorKey", args: [newest] });
  const { timestamp } = await reading(chain, () => chain.publicClient.getBlock());
  if (fromEpoch <= epochAt(deployment, timestamp)) return;
  throw failure("rotation-pending", `The key ${newest} of node ${node} is not in force yet.`, {
    nextStep: `It is from ${formatTime(epochStart(deployment, fromEpoch))} on; rotate again then.`,
  });
}

/** Makes the key that follows, or takes the one that an interrupted run left, and names it in the settings. */
async function prepareKey(
  context: Context,
  node: NodeSettings,
  { password, current }: { password: string; current: string },
) {
  const accountIn = async (file: string) => privateKeyToAccount(await readKeystore(file, password));
  if (node.nextKeystore !== undefined && existsSync(node.nextKeystore)) {
    const left = await accountIn(node.nextKeystore);
    if (left.address.toLowerCase() !== current.toLowerCase()) return { next: left, file: node.nextKeystore };
    // The rotation before this one is done: its key is the present one now.
    await recordKeys(node.file, { keystore: relativeTo(node, node.nextKeystore) });
  }
  const key = generatePrivateKey();
  const next = privateKeyToAccount(key);
  const file = join(dirname(node.keystore), `operator-${next.address.slice(2, 10).toLowerCase()}.json`);
  await writeKeystore(file, key, password);
  await recordKeys(node.file, { nextKeystore: relativeTo(node, file) });
  context.note(`Wrote the new key to ${shortPath(file, context.cwd)}`);
  return { next, file };
}

/** As it stands in node.json: a plain name where the key lies beside it. */
function relativeTo(node: NodeSettings, file: string): string {
  return dirname(file) === dirname(node.file) ? basename(file) : file;
}
