import type { ModuleVersion } from "@millrace/sdk";
import { argument, defineCommand, option } from "../../command.ts";
import { describeChange, readyStep, requireOwner, setStep, type Changed } from "../../deal/change.ts";
import { readVersions, type Versions } from "../../deal/versions.ts";
import { waitOptions } from "../../deal/steps.ts";
import { failure } from "../../errors.ts";
import { dealId, integer } from "../../parse.ts";

export const functionRollback = defineCommand({
  name: "function rollback",
  summary: "Go back to an earlier version of a deal's function",
  details:
    "The earlier module becomes the deal's newest version and counts from the next epoch on. Version 0 is the function " +
    "that the deal was made with.",
  needs: "wallet",
  args: { deal: argument("deal", "the function's deal", dealId) },
  options: {
    to: option("--to <version>", "the version to go back to", integer(0, 0xffff_ffff), "the one before"),
    ...waitOptions,
  },
  examples: ["millrace function rollback 1", "millrace function rollback 1 --to 0"],
  handler: async (context, { args: { deal }, options }) => {
    const chain = await context.signer();
    await requireOwner(chain, deal);
    const wanted = chooseVersion(deal, await readVersions(chain, deal), options.to);
    const { cid, functionCommitment } = wanted;
    const done: Changed = { cid, functionCommitment };
    await context.progress([
      setStep(context, chain, { deal, timeoutSeconds: options.timeout, done }),
      ...(options.detach ? [] : [readyStep(chain, deal, options.timeout, done)]),
    ]);
    return describeChange(context, chain, deal, done);
  },
});

/** The version to go back to: the named one, or the newest with another module than the newest of all. */
function chooseVersion(deal: bigint, { all }: Versions, to: number | undefined): ModuleVersion {
  const newest = all.at(-1);
  const found =
    to === undefined
      ? all.findLast(({ cid }) => cid !== newest?.cid)
      : all.find(({ version }) => version === to);
  if (found !== undefined) return found;
  const known = all.map(({ version }) => version).join(", ");
  throw failure(
    "version-unknown",
    to === undefined
      ? `Deal ${deal} has no other version to go back to.`
      : `Deal ${deal} has no version ${to}.`,
    { details: `It has: ${known}.`, nextStep: `millrace deal show ${deal}` },
  );
}
