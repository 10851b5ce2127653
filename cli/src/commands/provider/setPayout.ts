import { cancelPayoutChange, readProvider, requestPayoutChange, type Chain } from "@millrace/sdk";
import type { Address } from "viem";
import { defineCommand, flag, option, optionalArgument, type CommandResult } from "../../command.ts";
import type { Context } from "../../context.ts";
import { UsageError } from "../../errors.ts";
import { formatDuration, formatTime } from "../../format.ts";
import { address, smallId } from "../../parse.ts";
import { requireProvider } from "../../provider/state.ts";

export const providerSetPayout = defineCommand({
  name: "provider set-payout",
  summary: "Change who is paid, after the thaw period; until then the present payout address can cancel it",
  details:
    "The delay is for the case that the owner's key was stolen: whoever is paid now can stop the change with " +
    "--cancel and --provider, from its own wallet.",
  needs: "wallet",
  args: { address: optionalArgument("address", "who is to be paid", address, "none, with --cancel") },
  options: {
    cancel: flag("--cancel", "stop the change that is pending"),
    provider: option("--provider <id>", "the provider", smallId, "the wallet's"),
  },
  examples: ["millrace provider set-payout 0x…", "millrace provider set-payout --cancel --provider 2"],
  handler: async (context, { args, options }) => {
    if ((args.address === undefined) !== options.cancel)
      throw new UsageError("Give the new address, or --cancel to stop a change.");
    const chain = await context.signer();
    const provider = options.provider ?? (await requireProvider(chain, (await context.wallet()).address));
    context.interruption.next = "How it stands shows: millrace provider status";
    return args.address === undefined
      ? cancel(chain, provider)
      : request(context, chain, { provider, payout: args.address });
  },
});

async function request(
  context: Context,
  chain: Chain,
  { provider, payout }: { provider: number; payout: Address },
): Promise<CommandResult> {
  const { receipt } = await requestPayoutChange(chain, { provider, payout });
  const after = await readProvider(chain, provider);
  const changesAt = Number(after.payoutChangesAt);
  const { timestamp } = await chain.publicClient.getBlock();
  context.note(`Until then ${after.payout} is paid, and its wallet can stop this:`);
  context.note(`  millrace provider set-payout --cancel --provider ${provider}`);
  return {
    data: {
      provider,
      payout: after.payout,
      pendingPayout: payout,
      changesAt,
      transactionHash: receipt.transactionHash,
    },
    text: `Provider ${provider} is paid at ${payout} from ${formatTime(changesAt)} on (in ${formatDuration(changesAt - Number(timestamp))}).`,
  };
}

async function cancel(chain: Chain, provider: number): Promise<CommandResult> {
  const { receipt } = await cancelPayoutChange(chain, { provider });
  const { payout } = await readProvider(chain, provider);
  return {
    data: { provider, payout, pendingPayout: null, transactionHash: receipt.transactionHash },
    text: `The change is off: provider ${provider} is paid at ${payout} as before.`,
  };
}
