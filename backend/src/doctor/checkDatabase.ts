import type { Deployment } from "@millrace/sdk";
import type { Config } from "../config/config.ts";
import { neededRoles } from "../store/election.ts";
import { inspectDatabase, isInUse, type Inspection } from "../store/inspect.ts";
import { findings, type Finding } from "./finding.ts";

const maxLagBlocks = 30;

interface DatabaseReport {
  readonly inspection: Inspection | undefined;
  readonly found: readonly Finding[];
}

interface CheckDatabaseParameters {
  readonly config: Config;
  readonly deployment: Deployment;
  readonly account: string | undefined;
  readonly headBlock: number | undefined;
}

/** The database: reachable, with this version's tables, of this deployment, and how far it is behind the chain. */
export async function checkDatabase(parameters: CheckDatabaseParameters): Promise<DatabaseReport> {
  const { config, deployment, account, headBlock } = parameters;
  const { databaseUrl, dataFolder } = config;
  const { ok, broken } = findings("database");
  try {
    const inspection = await inspectDatabase({ deployment, dataFolder, databaseUrl, account });
    if (inspection === undefined)
      return { inspection, found: [ok(`None in ${dataFolder} yet; the first start makes it.`)] };
    return { inspection, found: judge(inspection, headBlock, databaseUrl !== undefined) };
  } catch (error) {
    if (!isInUse(error))
      return {
        inspection: undefined,
        found: [broken(error, "Check DATABASE_URL and that PostgreSQL runs.")],
      };
    const health = await healthOf(config);
    if (health === undefined)
      return { inspection: undefined, found: [broken(error, "Stop the other process.")] };
    return {
      inspection: undefined,
      found: [ok(`A running backend has the embedded database.`), lagOf(health.asOfBlock, headBlock)],
    };
  }
}

function judge(inspection: Inspection, headBlock: number | undefined, isShared: boolean): Finding[] {
  const { ok, warn, fail } = findings("database");
  const { missing, unknown, isForeign, asOfBlock, leaders } = inspection;
  if (unknown.length > 0)
    return [fail(`It has migrations of a newer version: ${unknown.join(", ")}.`, "Run that version.")];
  if (isForeign)
    return [
      fail(
        "It holds another deployment than DEPLOYMENT_FILE names.",
        "Choose another DATABASE_URL or DATA_FOLDER, or the deployment file of this one.",
      ),
    ];
  const found = [
    missing.length === 0
      ? ok("It answers, with every migration.")
      : ok(`It answers; the next start applies ${missing.length} migrations.`),
  ];
  if (missing.length > 0) return found;
  found.push(lagOf(asOfBlock, headBlock));
  if (!isShared) return found;
  const idle = neededRoles.filter((role) => !leaders.has(role));
  found.push(
    ...[...leaders].map(([role, holder]) => ok(`${role} is led by ${holder}.`)),
    ...(idle.length === 0
      ? []
      : [
          warn(
            `Nobody does the work of ${idle.join(", ")}.`,
            `Start a process with ROLES=${idle.join(",")}.`,
          ),
        ]),
  );
  return found;
}

function lagOf(asOfBlock: number | undefined, headBlock: number | undefined): Finding {
  const { ok, warn } = findings("index");
  if (asOfBlock === undefined) return ok("Nothing is indexed yet.");
  if (headBlock === undefined) return ok(`It stands on block ${asOfBlock}.`);
  const lag = Math.max(0, headBlock - asOfBlock);
  if (lag <= maxLagBlocks) return ok(`It stands on block ${asOfBlock}, ${lag} behind the chain.`);
  return warn(
    `It stands on block ${asOfBlock}, ${lag} behind the chain.`,
    "Start a process with ROLES=indexer; if one runs, look at its log and at the RPC end's limits.",
  );
}

/** What the backend that listens on our port says of itself. */
export async function healthOf({ host, port }: Config): Promise<{ asOfBlock: number } | undefined> {
  if (port === 0) return undefined;
  try {
    const url = `http://${host === "0.0.0.0" ? "127.0.0.1" : host}:${port}/v1/health`;
    const body = (await (await fetch(url, { signal: AbortSignal.timeout(3_000) })).json()) as {
      asOfBlock?: unknown;
      parts?: unknown;
    };
    if (typeof body.asOfBlock !== "number" || body.parts === undefined) return undefined;
    return { asOfBlock: body.asOfBlock };
  } catch {
    return undefined;
  }
}
