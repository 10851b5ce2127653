import { Command } from "commander";
import { MillraceError } from "@millrace/sdk";
import { readDeployment, readKeystore } from "@millrace/sdk/node";
import { type Logger, pino } from "pino";
import { lockDataFolder } from "./config/lock.ts";
import { readPassword } from "./config/password.ts";
import { readConfig } from "./config/readConfig.ts";
import { startDaemon } from "./daemon.ts";

const { config: configPath } = new Command("millrace-node")
  .description("A provider's node: serves the functions of the deals it is assigned to.")
  .requiredOption("--config <path>", "the node's settings, node.json")
  .parse()
  .opts<{ config: string }>();

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

async function main(): Promise<void> {
  const config = await readConfig(configPath);
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
  const password = await readPassword(config.passwordFile, process.env);
  const [deployment, privateKey] = await Promise.all([
    readDeployment(config.deployment),
    readKeystore(config.keystore, password),
  ]);
  // The key is in memory now; nothing that this process starts or logs should find the password.
  delete process.env["MILLRACE_KEYSTORE_PASSWORD"];
  const daemon = await startDaemon({ config, deployment, privateKey, log, onFatal: fail });
  endOnSignals(async () => {
    await daemon.stop();
    await release();
  }, log);
}

process.on("uncaughtException", fail);
await main().catch(fail);
