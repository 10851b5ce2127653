import { defineCommand } from "../../command.ts";
import { formatTable } from "../../output.ts";
import { listWallets } from "../../wallet/store.ts";

const sources = { own: "yours", network: "devnet", file: "file" } as const;

export const walletList = defineCommand({
  name: "wallet list",
  summary: "List the wallets: your own and those of the running devnet",
  needs: "network",
  args: {},
  options: {},
  examples: ["millrace wallet list"],
  handler: async (context) => {
    const wallets = await listWallets(context.env, await context.networkIfAny());
    const rows = wallets.map(({ name, address, source }) => [name, address, sources[source]]);
    return {
      data: {
        wallets: wallets.map(({ name, address, source, keystore }) => ({ name, address, source, keystore })),
      },
      text:
        rows.length === 0
          ? "There is no wallet yet. Make one: millrace wallet new"
          : formatTable(["name", "address", "whose"], rows, context.paint),
    };
  },
});
