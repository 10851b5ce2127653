import { MachineError, readManifest } from "@millrace/machine";
import { MillraceError, readDealsOf, type Api, type Chain, type DealState } from "@millrace/sdk";
import { defineCommand, flag } from "../../command.ts";
import { ownerOption, readOwner } from "../../deal/owner.ts";
import { readVersions } from "../../deal/versions.ts";
import { formatTable } from "../../output.ts";

export const functionList = defineCommand({
  name: "function list",
  summary: "List the functions of your deals with their versions",
  details: "The name stands in the module, which the backend has; without the backend the list has no names.",
  needs: "wallet",
  args: {},
  options: { owner: ownerOption, all: flag("--all", "with those whose deal has ended") },
  examples: ["millrace function list", "millrace function list --all"],
  handler: async (context, { options }) => {
    const owner = await readOwner(context, options.owner);
    const [chain, api] = await Promise.all([context.chain(), context.api()]);
    const deals = (await readDealsOf(chain, owner)).filter(({ status }) => options.all || status !== "ended");
    const names = new Map<string, Promise<string | null>>();
    const nameOf = (cid: string): Promise<string | null> => {
      const name = names.get(cid) ?? readName(api, cid);
      names.set(cid, name);
      return name;
    };
    const functions = await Promise.all(deals.map((deal) => describeFunction(chain, nameOf, deal)));
    return {
      data: { owner, functions },
      text:
        functions.length === 0
          ? `${owner} has no function on the network. Deploy one: millrace function deploy`
          : formatTable(
              ["deal", "name", "status", "version", "next", "workers", "module"],
              functions.map(({ deal, name, status, version, next, workers, cid }) => [
                ...[String(deal), name ?? "?", status, String(version)],
                next === null ? "" : `${next.version} from epoch ${next.fromEpoch}`,
                ...[workers, cid],
              ]),
              context.paint,
            ),
    };
  },
});

async function describeFunction(
  chain: Chain,
  nameOf: (cid: string) => Promise<string | null>,
  deal: DealState,
) {
  const { present, next } = await readVersions(chain, deal.id);
  return {
    deal: deal.id,
    name: await nameOf(present.cid),
    status: deal.status,
    version: present.version,
    cid: present.cid,
    next: next ?? null,
    workers: `${deal.workers} of ${deal.targetWorkers}`,
  };
}

/** Null where the backend can't be asked or does not have the module, or where what it has holds no name. */
export async function readName(api: Pick<Api, "fetchBlob">, cid: string): Promise<string | null> {
  try {
    return readManifest(await api.fetchBlob(cid)).name;
  } catch (error) {
    // A deal may name any module: also one that millrace function build did not make.
    if (error instanceof MillraceError || error instanceof MachineError) return null;
    throw error;
  }
}
