import { Command } from "commander";
import { MillraceError } from "@millrace/sdk";
import { readDeployment, readKeystore } from "@millrace/sdk/node";
import { type Logger, pino } from "pino";
import { privateKeyToAddress } from "viem/accounts";
import { checkNode } from "./check/checkNode.ts";
import { toLine } from "./check/finding.ts";
import { lockDataFolder } from "./config/lock.ts";
import { readPassword } from "./config/password.ts";
import { readConfig } from "./config/readConfig.ts";
import type { NodeConfig } from "./config/schema.ts";
import { type Daemon, startDaemon } from "./daemon.ts";
import { createOperatorKeys, type Operator } from "./operator/operatorKeys.ts";

const {
  config: configPath,
  check: checksOnly,
  json: asJson,
} = new Command("millrace-node")
  .description("A provider's node: serves the functions of the deals it is assigned to.")
  .requiredOption("--config <path>", "the node's settings, node.json")
  .option("--check", "only check what keeps the node from earning; exit 1 if something does", false)
  .option("--json", "with --check: print one JSON object", false)
  .parse()
  .opts<{ config: string; check: boolean; json: boolean }>();

const log = pino({ base: null, timestamp: pino.stdTimeFunctions.isoTime });

/** Says why the process ends, and ends it. */
function fail(error: unknown): never {
  const known = error instanceof MillraceError;
  const fields = known ? { code: error.code, nextStep: error.nextStep } : { err: error };
  log.fatal(fields, known ? error.message : "the node failed in a way it did not foresee");
  process.exit(1);
}

function endOnSignals(stop: () => Promise<void>, logger: Logger): void {
  let stopping = false;
  const end = (signal: string) => {
    if (stopping) {
      logger.warn({ signal }, "stopped without waiting any longer");
      process.exit(1);
    }
    stopping = true;
    stop().then(() => {
      logger.info("stopped");
      process.exit(0);
    }, fail);
  };
  process.on("SIGTERM", end);
  process.on("SIGINT", end);
}

/** Decrypts the keys of the settings, the newest last. */
async function readKeys(config: NodeConfig, password: string): Promise<[Operator, ...Operator[]]> {
  const read = async (path: string): Promise<Operator> => {
    const privateKey = await readKeystore(path, password);
    return { privateKey, address: privateKeyToAddress(privateKey) };
  };
  const { keystore, nextKeystore } = config;
  return [await read(keystore), ...(nextKeystore === undefined ? [] : [await read(nextKeystore)])];
}

async function open(config: NodeConfig) {
  const password = await readPassword(config.passwordFile, process.env);
  const [deployment, keys] = await Promise.all([
    readDeployment(config.deployment),
    readKeys(config, password),
  ]);
  // The keys are in memory now; nothing that this process starts or logs should find the password.
  delete process.env["MILLRACE_KEYSTORE_PASSWORD"];
  const { nodeId, rpcUrl } = config;
  const reload = async () => readKeys(await readConfig(configPath), password);
  return { deployment, keys: createOperatorKeys({ nodeId, rpcUrl, keys, reload, log }) };
}

async function check(config: NodeConfig): Promise<never> {
  log.level = "silent";
  const findings = await checkNode({ config, configFile: configPath, ...(await open(config)) });
  const output = asJson ? JSON.stringify({ findings }, undefined, 2) : findings.map(toLine).join("\n");
  // The checks leave connections open that would keep the process up; by now everything is written.
  process.stdout.write(`${output}\n`, () =>
    process.exit(findings.some(({ level }) => level === "error") ? 1 : 0),
  );
  return new Promise(() => undefined);
}

async function serve(config: NodeConfig): Promise<void> {
  log.level = config.logLevel;
  const release = await lockDataFolder(config.dataFolder, (cause) =>
    fail(
      new MillraceError({
        code: "data-folder-lost",
        shortMessage: `Another process took the data folder ${config.dataFolder}.`,
        nextStep: "Run one node per data folder.",
        cause,
      }),
    ),
  );
  const daemon: Daemon = await startDaemon({
    config,
    configFile: configPath,
    ...(await open(config)),
    log,
    onFatal: fail,
  });
  process.on("SIGHUP", () => void daemon.reload());
  endOnSignals(async () => {
    await daemon.stop();
    await release();
  }, log);
}

async function main(): Promise<void> {
  const config = await readConfig(configPath);
  await (checksOnly ? check(config) : serve(config));
}

process.on("uncaughtException", fail);
await main().catch(fail);
