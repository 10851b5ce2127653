import { read, registryAbi, retireNode } from "@millrace/sdk";
import { reading } from "../../chain/reading.ts";
import { defineCommand } from "../../command.ts";
import { failure } from "../../errors.ts";
import { formatEther, plural } from "../../format.ts";
import { chosenNode, nodeArgument } from "../../node/choice.ts";
import { configOption } from "../../node/config.ts";
import { readNodeAddress } from "../../node/state.ts";

export const nodeRetire = defineCommand({
  name: "node retire",
  summary: "Take a node out of the registry for good",
  details: "Only a node without workers can go. Its id and its key are never used again.",
  needs: "wallet",
  args: { node: nodeArgument },
  options: { config: configOption },
  examples: ["millrace node retire", "millrace node retire 2"],
  handler: async (context, { args, options }) => {
    const node = await chosenNode(context, args.node, options.config);
    const chain = await context.signer();
    const registry = { address: chain.deployment.contracts.registry, abi: registryAbi } as const;
    const { unitsInUse, retired } = await read(chain, { ...registry, functionName: "getNode", args: [node] });
    if (retired)
      throw failure("registry-node-retired", `Node ${node} is retired already.`, {
        nextStep: "millrace provider status",
      });
    if (unitsInUse > 0)
      throw failure("registry-node-in-use", `Node ${node} works: ${plural(unitsInUse, "unit")} in use.`, {
        nextStep: `Switch its offer off (millrace offer off ${node}), then let its workers end: millrace node resign ${node} --all`,
      });
    context.interruption.next = "Whether it is retired shows: millrace provider status";
    const { receipt } = await retireNode(chain, { node });
    const { operator } = await readNodeAddress(chain, node);
    const left = await reading(chain, () => chain.publicClient.getBalance({ address: operator }));
    return {
      data: { node, retired: true, operator, gasMoneyLeft: left, transactionHash: receipt.transactionHash },
      text: [
        `Node ${node} is retired for good; its daemon can be stopped.`,
        `Its key ${operator} still holds ${formatEther(left)} of gas money.`,
        "Take what it earned: millrace provider claim",
        "Take stake that nothing needs: millrace provider unstake <amount>",
      ].join("\n"),
    };
  },
});
