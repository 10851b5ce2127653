import { defineCommand } from "../../command.ts";
import { formatTable, type Paint } from "../../output.ts";
import { listWallets, type BrokenWallet } from "../../wallet/store.ts";

const sources = { own: "yours", network: "devnet", file: "file" } as const;

export const walletList = defineCommand({
  name: "wallet list",
  summary: "List the wallets: your own and those of the running devnet",
  needs: "network",
  args: {},
  options: {},
  examples: ["millrace wallet list"],
  handler: async (context) => {
    const { wallets, broken } = await listWallets(context.env, await context.networkIfAny());
    const rows = wallets.map(({ name, address, source }) => [name, address, sources[source]]);
    const table =
      rows.length === 0
        ? "There is no wallet yet. Make one: millrace wallet new"
        : formatTable(["name", "address", "whose"], rows, context.paint);
    return {
      data: {
        wallets: wallets.map(({ name, address, source, keystore }) => ({ name, address, source, keystore })),
        broken: broken.map(({ name, keystore, error }) => ({
          ...{
            name,
            keystore,
            code: error.code,
            problem: error.shortMessage,
            nextStep: error.nextStep ?? null,
          },
        })),
      },
      text: [table, ...broken.map((wallet) => describeBroken(wallet, context.paint))].join("\n\n"),
    };
  },
});

function describeBroken({ name, error }: BrokenWallet, paint: Paint): string {
  const { shortMessage, nextStep } = error;
  const next = nextStep === undefined ? "" : `\n${paint.dim("next")}  ${nextStep}`;
  return `${name} is broken: ${shortMessage}${next}`;
}
