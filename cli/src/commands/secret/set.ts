import { checkSecret, setSecrets } from "@millrace/sdk";
import { argument, defineCommand, option } from "../../command.ts";
import { dealId, text } from "../../parse.ts";
import { readSecretValue } from "../../secret/readValue.ts";
import { reportWorkers } from "../../secret/report.ts";

export const secretSet = defineCommand({
  name: "secret set",
  summary: "Give a deal's function an environment variable that only its workers can read",
  details:
    "The value comes from --value-file, from standard input, or from a hidden prompt. It is encrypted for each worker " +
    "of the deal; workers that come later get it from those that have it. Calls see it from now on, without a new " +
    "deployment. A worker has to see what its function uses: docs/security.md says what a secret protects from.",
  needs: "wallet",
  args: {
    deal: argument("deal", "the deal's id", dealId),
    name: argument(
      "name",
      "A to Z, 0 to 9 and underscore; NAME=value takes the value from here (your shell remembers it)",
      text,
    ),
  },
  options: {
    valueFile: option(
      "--value-file <path>",
      "file with the value, - for standard input; a line end at its end is dropped",
      text,
      "standard input, or a hidden prompt",
    ),
  },
  examples: [
    "millrace secret set 1 API_KEY",
    "millrace secret set 1 SIGNING_KEY --value-file key.pem",
    'millrace secret set 1 API_KEY <<< "$(pass show api)"',
  ],
  handler: async (context, { args, options }) => {
    const [name = "", ...rest] = args.name.split("=");
    checkSecret(name, null);
    const typed = args.name.includes("=") ? rest.join("=") : undefined;
    const value = await readSecretValue(context, { name, typed, file: options.valueFile });
    checkSecret(name, value);
    const { deal } = args;
    const chain = await context.signer();
    context.interruption.next = `Which workers have it shows: millrace secret list ${deal}`;
    const { version, workers } = await setSecrets(chain, { deal, set: { [name]: value } });
    return reportWorkers(context, { deal, name, version, workers, done: "set" });
  },
});
