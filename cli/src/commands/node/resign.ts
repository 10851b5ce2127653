import { read, registryAbi } from "@millrace/sdk";
import { readOwedWorkers } from "../../chain/owedWorkers.ts";
import { defineCommand, flag, option } from "../../command.ts";
import { failure, UsageError } from "../../errors.ts";
import { chosenNode, nodeArgument } from "../../node/choice.ts";
import { configOption } from "../../node/config.ts";
import { leave } from "../../node/leaving.ts";
import { dealId } from "../../parse.ts";

export const nodeResign = defineCommand({
  name: "node resign",
  summary: "Let a node's workers leave their deals with notice: one deal or all",
  details:
    "Leaving has three steps: notice, end, release. Each run takes every worker as far as it can go now and says " +
    "when to run it again. In a deal with a function commitment what a worker served can be disputed for a while after " +
    "its end: its units and stake are released only then. Until a worker has ended the node must serve and attend, or it is evicted and slashed.",
  needs: "wallet",
  args: { node: nodeArgument },
  options: {
    config: configOption,
    deal: option("--deal <id>", "the deal to leave", dealId, "none, with --all"),
    all: flag("--all", "leave every deal"),
  },
  examples: ["millrace node resign 2 --deal 7", "millrace node resign --all"],
  handler: async (context, { args, options }) => {
    if ((options.deal === undefined) !== options.all)
      throw new UsageError("Give the deal to leave (--deal <id>), or --all.");
    const node = await chosenNode(context, args.node, options.config);
    const chain = await context.signer();
    const address = chain.deployment.contracts.registry;
    const { provider } = await read(chain, {
      address,
      abi: registryAbi,
      functionName: "getNode",
      args: [node],
    });
    const deals = (await readOwedWorkers(chain, { provider }))
      .filter((worker) => worker.node === node && (options.all || worker.deal === options.deal))
      .map(({ deal }) => deal);
    if (deals.length === 0 && options.deal !== undefined)
      throw failure("deals-worker-unknown", `Node ${node} has no worker in deal ${options.deal}.`, {
        nextStep: "See where it works: millrace provider status",
      });
    context.interruption.next = `Run it again, it goes on where it was: millrace node resign ${node} --all`;
    const steps = [];
    for (const deal of deals) steps.push(await leave(chain, { deal, node }));
    return {
      data: { node, steps },
      text:
        steps.length === 0
          ? `Node ${node} has no worker any more. Retire it: millrace node retire ${node}`
          : steps.map(({ text }) => text).join("\n"),
    };
  },
});
