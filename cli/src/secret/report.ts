import type { SecretWorker } from "@millrace/sdk";
import type { CommandResult } from "../command.ts";
import type { Context } from "../context.ts";
import { plural } from "../format.ts";

/** What workers were told. */
export interface SecretReport {
  deal: bigint;
  name: string;
  /** unix milliseconds */
  version: number;
  workers: readonly SecretWorker[];
  done: "set" | "removed";
}

/** Says which workers took a secret or its removal. */
export function reportWorkers(
  context: Context,
  { deal, name, version, workers, done }: SecretReport,
): CommandResult {
  const took = workers.filter(({ error }) => error === undefined).map(({ node }) => node);
  const which = `${took.length === 1 ? "node" : "nodes"} ${took.join(", ")}`;
  const all = took.length === workers.length;
  for (const line of describeFailures(workers)) context.note(line);
  if (!all) context.note(`Once they answer, run the same again, or they ask the others by themselves.`);
  return {
    data: { deal, name, version, workers: workers.map(workerData) },
    text:
      `${name} is ${done} for deal ${deal} on ${which}` +
      (all ? "." : ` (${took.length} of ${plural(workers.length, "worker")}).`),
  };
}

/** A line for each worker that did not answer or refused. */
export function describeFailures(workers: readonly SecretWorker[]): string[] {
  return workers.flatMap(({ node, error }) =>
    error === undefined ? [] : [`Node ${node}: ${error.message}`],
  );
}

/** A worker for `--json`. */
export function workerData({ node, error }: SecretWorker) {
  return { node, error: error === undefined ? null : { code: error.code, message: error.message } };
}
