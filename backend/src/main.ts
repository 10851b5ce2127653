import { MillraceError } from "@millrace/sdk";
import { pino, type Logger } from "pino";
import { parseConfig } from "./config/config.ts";
import { startRoles, type RunningRoles } from "./startRoles.ts";

/** Longest that an ordered end may take. */
const maxCloseMs = 12_000;

const log = pino({
  base: { service: "backend", pid: process.pid },
  timestamp: pino.stdTimeFunctions.isoTime,
  formatters: { level: (level) => ({ level }) },
});

process.on("uncaughtException", (error) => die(log, error));
process.on("unhandledRejection", (error) => die(log, error));

try {
  const config = parseConfig(process.env);
  log.level = config.logLevel;
  const starting = startRoles(config, log);
  process.once("SIGTERM", () => void end(starting, "SIGTERM"));
  process.once("SIGINT", () => void end(starting, "SIGINT"));
  const backend = await starting;
  log.info({ url: backend.url, gatewayUrl: backend.gatewayUrl }, "backend started");
  await backend.failed;
} catch (error) {
  die(log, error);
}

async function end(starting: Promise<RunningRoles>, signal: string): Promise<void> {
  log.info({ signal }, "ending");
  const timer = setTimeout(() => {
    log.warn(`Not everything ended within ${maxCloseMs} ms.`);
    process.exit(0);
  }, maxCloseMs);
  await (await starting).close();
  clearTimeout(timer);
  log.info("ended");
  process.exit(0);
}

/** One line that says why, and what to do if it is known. */
function die(logger: Logger, error: unknown): never {
  if (error instanceof MillraceError) {
    logger.fatal({ code: error.code, nextStep: error.nextStep }, error.message);
  } else {
    logger.fatal({ err: error }, "The backend stopped because of a failure of its own.");
  }
  process.exit(1);
}
