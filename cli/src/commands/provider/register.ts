import { findProvider, registerProvider } from "@millrace/sdk";
import { defineCommand, option } from "../../command.ts";
import { failure } from "../../errors.ts";
import { formatFields } from "../../output.ts";
import { address } from "../../parse.ts";

export const providerRegister = defineCommand({
  name: "provider register",
  summary: "Register your wallet as a provider",
  needs: "wallet",
  args: {},
  options: { payout: option("--payout <address>", "who is paid", address, "the wallet") },
  examples: ["millrace provider register", "millrace provider register --payout 0x…"],
  handler: async (context, { options }) => {
    const chain = await context.signer();
    const owner = (await context.wallet()).address;
    const known = await findProvider(chain, owner);
    if (known !== undefined)
      throw failure("provider-exists", `${owner} is provider ${known} already.`, {
        nextStep: "millrace provider status",
      });
    context.interruption.next = "Whether it was registered shows: millrace provider status";
    const payout = options.payout ?? owner;
    const { provider, receipt } = await registerProvider(chain, { payout });
    return {
      data: { provider, owner, payout, transactionHash: receipt.transactionHash },
      text: formatFields(
        [
          ["provider", String(provider)],
          ["owner", owner],
          ["paid to", payout],
          ["next", "millrace provider stake <amount of MILL>"],
        ],
        context.paint,
      ),
    };
  },
});
