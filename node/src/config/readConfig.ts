import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { Value } from "typebox/value";
import { MillraceError } from "@millrace/sdk";
import { describeProblems } from "./describeProblems.ts";
import { type NodeConfig, type NodeConfigFile, nodeConfigSchema } from "./schema.ts";

/**
 * Checks the parsed content of node.json and fills in what it leaves out.
 *
 * @param value the parsed JSON
 * @param folder folder that relative paths start from
 * @throws MillraceError `config-invalid`, naming every wrong field and what to set it to
 */
export function parseConfig(value: unknown, folder: string): NodeConfig {
  if (!Value.Check(nodeConfigSchema, value)) {
    const problems = describeProblems(nodeConfigSchema, value);
    throw new MillraceError({
      code: "config-invalid",
      shortMessage: `The configuration has ${problems.length === 1 ? "a mistake" : "mistakes"}: ${problems.join("; ")}.`,
      nextStep: "Correct node.json and start again.",
    });
  }
  if (value.relayAttendances === true && value.attendanceRelay !== undefined)
    throw new MillraceError({
      code: "config-invalid",
      shortMessage:
        "The configuration has a mistake: relayAttendances and attendanceRelay exclude each other.",
      nextStep: "Remove attendanceRelay from the node that brings the attendances of the others.",
    });
  return withDefaults(value, folder);
}

/**
 * Reads node.json.
 *
 * @throws MillraceError `config-missing`, `config-not-json` or `config-invalid`
 */
export async function readConfig(path: string): Promise<NodeConfig> {
  const text = await readFile(path, "utf8").catch((cause: unknown) => {
    throw new MillraceError({
      code: "config-missing",
      shortMessage: `The configuration ${path} cannot be read.`,
      nextStep: "Name an existing file: node node/src/main.ts --config <path of node.json>.",
      cause,
    });
  });
  return parseConfig(parseJson(text, path), dirname(resolve(path)));
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new MillraceError({
      code: "config-not-json",
      shortMessage: `The configuration ${path} is not JSON: ${cause instanceof Error ? cause.message : String(cause)}.`,
      nextStep: "Correct the file and start again.",
      cause,
    });
  }
}

function withDefaults(file: NodeConfigFile, folder: string): NodeConfig {
  const optional = (path: string | undefined) => (path === undefined ? undefined : resolve(folder, path));
  const { tls } = file;
  return {
    pollIntervalMs: 500,
    moduleMaxMiB: 64,
    maxQueuedCalls: 32,
    bodyBudgetMiB: 256,
    drainTimeoutMs: 65_000,
    logLevel: "info",
    ...file,
    deployment: resolve(folder, file.deployment),
    dataFolder: resolve(folder, file.dataFolder),
    keystore: resolve(folder, file.keystore),
    nextKeystore: optional(file.nextKeystore),
    passwordFile: optional(file.passwordFile),
    attendanceRelay: file.attendanceRelay,
    relayAttendances: file.relayAttendances ?? false,
    maxTransactionsPerHour: file.maxTransactionsPerHour,
    tls: tls && { certFile: resolve(folder, tls.certFile), keyFile: resolve(folder, tls.keyFile) },
  };
}
