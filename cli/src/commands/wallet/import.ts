import { readKeystore, writeKeystore } from "@millrace/sdk/node";
import { isHex, size, type Hex } from "viem";
import { privateKeyToAddress } from "viem/accounts";
import { defineCommand, option, optionalArgument } from "../../command.ts";
import type { Context } from "../../context.ts";
import { failure, UsageError } from "../../errors.ts";
import { readInput } from "../../files.ts";
import { plainName, text } from "../../parse.ts";
import { ask, getPassword } from "../../wallet/password.ts";
import { requireFreeName, walletFile } from "../../wallet/store.ts";

export const walletImport = defineCommand({
  name: "wallet import",
  summary: "Take over an existing key",
  details:
    "The key comes from an encrypted keystore, from a file, or from a prompt without echo; never from the command " +
    "line, where the shell's history would keep it.",
  needs: "nothing",
  args: { name: optionalArgument("name", "name of the wallet", plainName, "default") },
  options: {
    keystore: option("--keystore <path>", "encrypted keystore (Web3 Secret Storage) to copy", text),
    privateKeyFile: option("--private-key-file <path>", "file with the private key in hexadecimal", text),
    passwordFile: option("--password-file <path>", "file with the password (also MILLRACE_PASSWORD)", text),
  },
  examples: [
    "millrace wallet import --keystore ~/UTC--2026-11-22--0xabc",
    "millrace wallet import treasury --private-key-file ./key.txt",
  ],
  handler: async (context, { args, options }) => {
    const name = args.name ?? "default";
    const file = walletFile(context.env, name);
    const { keystore, privateKeyFile } = options;
    if (keystore !== undefined && privateKeyFile !== undefined)
      throw new UsageError("Give --keystore or --private-key-file, not both.");
    await requireFreeName(name, context.env, context.networkIfAny);
    const entered = keystore === undefined ? await readPrivateKey(context, privateKeyFile) : undefined;
    const password = await getPassword({
      optionFile: options.passwordFile === undefined ? undefined : context.path(options.passwordFile),
      keyFile: undefined,
      variable: { name: "MILLRACE_PASSWORD", value: context.env["MILLRACE_PASSWORD"] },
      of: keystore === undefined ? `wallet ${name}` : keystore,
      isNew: keystore === undefined,
    });
    const privateKey = entered ?? (await readKeystore(context.path(keystore ?? ""), password));
    await writeKeystore(file, privateKey, password);
    const address = privateKeyToAddress(privateKey);
    return { data: { name, address, keystore: file }, text: `${address}\nWallet ${name} is in ${file}.` };
  },
});

async function readPrivateKey(context: Context, file: string | undefined): Promise<Hex> {
  if (file === undefined && !process.stdin.isTTY)
    throw failure("private-key-missing", "There is no key to import.", {
      nextStep: "Give --keystore <path> or --private-key-file <path>.",
    });
  const typed =
    file === undefined
      ? await ask("Private key")
      : new TextDecoder().decode(await readInput(context.path(file), "The private key file"));
  const bare = typed.trim().replace(/^0x/i, "");
  const key: Hex = `0x${bare}`;
  if (!isHex(key) || size(key) !== 32 || bare.length !== 64)
    throw failure("private-key-invalid", "This is not a private key.", {
      nextStep: "A private key is 64 hexadecimal digits.",
    });
  return key;
}
