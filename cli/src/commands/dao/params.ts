import { formatParameter, parameterNames, parameterSpecs, readParameters } from "@millrace/sdk";
import { defineCommand } from "../../command.ts";
import { formatTime } from "../../format.ts";
import { formatFields } from "../../output.ts";

export const daoParams = defineCommand({
  name: "dao params",
  summary: "Show what the token holders have set, and who may pause entry",
  needs: "network",
  args: {},
  options: {},
  examples: ["millrace dao params"],
  handler: async (context) => {
    const { values, guardian, entryPausedUntil } = await readParameters(await context.chain());
    const isOpen = entryPausedUntil === undefined;
    return {
      data: {
        parameters: Object.fromEntries(
          parameterNames.map((name) => [name, { value: values[name], unit: parameterSpecs[name].unit }]),
        ),
        guardian: guardian ?? null,
        entryPausedUntil: entryPausedUntil ?? null,
      },
      text: formatFields(
        [
          ...parameterNames.map((name) => [name, formatParameter(name, values[name])] as const),
          ["guardian", guardian?.address ?? "none"],
          ["its term", guardian === undefined ? undefined : `until ${formatTime(guardian.termEndsAt)}`],
          ["its pause", guardian === undefined ? undefined : guardian.pauseUsed ? "used" : "not used"],
          ["entry", isOpen ? "open" : `closed until ${formatTime(entryPausedUntil)}`],
          ["next", 'millrace dao propose --title "…" --set stakePerUnit=250'],
        ],
        context.paint,
      ),
    };
  },
});
