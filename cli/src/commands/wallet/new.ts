import { writeKeystore } from "@millrace/sdk/node";
import { generatePrivateKey, privateKeyToAddress } from "viem/accounts";
import { defineCommand, option, optionalArgument } from "../../command.ts";
import { plainName, text } from "../../parse.ts";
import { getPassword } from "../../wallet/password.ts";
import { requireFreeName, walletFile } from "../../wallet/store.ts";

export const walletNew = defineCommand({
  name: "wallet new",
  summary: "Make a new wallet: a key in an encrypted file",
  details:
    "The file (Web3 Secret Storage) goes to ~/.config/millrace/wallets, or to MILLRACE_HOME. " +
    "Without the password the key is lost, so write it down.",
  needs: "nothing",
  args: { name: optionalArgument("name", "name of the wallet", plainName, "default") },
  options: {
    passwordFile: option("--password-file <path>", "file with the password (also MILLRACE_PASSWORD)", text),
  },
  examples: ["millrace wallet new", "millrace wallet new operations --password-file ~/.secrets/operations"],
  handler: async (context, { args, options }) => {
    const name = args.name ?? "default";
    const file = walletFile(context.env, name);
    await requireFreeName(name, context.env, context.networkIfAny);
    const password = await getPassword({
      optionFile: options.passwordFile === undefined ? undefined : context.path(options.passwordFile),
      keyFile: undefined,
      variable: { name: "MILLRACE_PASSWORD", value: context.env["MILLRACE_PASSWORD"] },
      of: `wallet ${name}`,
      isNew: true,
    });
    const privateKey = generatePrivateKey();
    await writeKeystore(file, privateKey, password);
    const address = privateKeyToAddress(privateKey);
    return {
      data: { name, address, keystore: file },
      text: `${address}\nWallet ${name} is in ${file}. Keep a copy of the file and its password.`,
    };
  },
});
