import { listSecrets, setSecrets } from "@millrace/sdk";
import { argument, defineCommand } from "../../command.ts";
import { failure } from "../../errors.ts";
import { dealId, text } from "../../parse.ts";
import { reportWorkers } from "../../secret/report.ts";

export const secretRemove = defineCommand({
  name: "secret remove",
  summary: "Take a secret away from a deal's function",
  details:
    "Whoever was a worker has seen the value: where that matters, also make it worthless where it was issued.",
  needs: "wallet",
  args: {
    deal: argument("deal", "the deal's id", dealId),
    name: argument("name", "the secret's name", text),
  },
  options: {},
  examples: ["millrace secret remove 1 API_KEY"],
  handler: async (context, { args: { deal, name } }) => {
    const chain = await context.signer();
    const { secrets, workers } = await listSecrets(chain, deal);
    const answered = workers.some(({ error }) => error === undefined);
    if (answered && !secrets.some((secret) => secret.name === name)) {
      throw failure("secret-unknown", `Deal ${deal} has no secret ${name}.`, {
        nextStep: `See which it has: millrace secret list ${deal}`,
      });
    }
    context.interruption.next = `Which workers still have it shows: millrace secret list ${deal}`;
    const done = await setSecrets(chain, { deal, remove: [name] });
    return reportWorkers(context, { deal, name, ...done, done: "removed" });
  },
});
