import { openSandbox, type CallResult, type Sandbox } from "@millrace/sandbox";
import { flag, defineCommand, optionalArgument, type CommandResult } from "../../command.ts";
import type { Context } from "../../context.ts";
import { formatCount } from "../../format.ts";
import { casesFile, runCases, statusOf, type CaseResult } from "../../function/cases.ts";
import {
  bodyData,
  isRequestGiven,
  readRequest,
  requestOptions,
  withLineEnd,
  type RequestParts,
} from "../../function/request.ts";
import { readBuilt } from "../../function/project.ts";
import { findNewerSource } from "../../function/stale.ts";
import { paintFor } from "../../output.ts";
import { text } from "../../parse.ts";

export const functionTest = defineCommand({
  name: "function test",
  summary: "Run the built function in the same sandbox as the nodes: its test cases, or one request",
  details:
    `Without a request, the cases in ${casesFile} of the folder run, if there are any: a list of ` +
    '{"name", "request": {"method", "path", "headers", "body" or "bodyFile"}, "answer": {"status" (500 where ' +
    'the function fails), "headers", "body" or "bodyFile", "log"}}, of which only name and answer must be there. With a request, the answer goes to ' +
    "stdout and everything else to stderr. Ends with exit code 1 if a case fails, or the function, as a caller would " +
    "get status 500.",
  needs: "nothing",
  args: { target: optionalArgument("target", "the function's folder or a built module", text, "here") },
  options: { ...requestOptions, quiet: flag("-q, --quiet", "print the answer only") },
  examples: [
    "millrace function test",
    'millrace function test --body "Ada"',
    "millrace function test ./qr-code --body https://example.org > code.svg",
  ],
  handler: async (context, { args, options }) => {
    const target = context.path(args.target ?? ".");
    const request = await readRequest(context, options);
    const built = await readBuilt(target, context.api);
    const newer = options.quiet || context.json ? undefined : await findNewerSource(target);
    if (newer !== undefined)
      context.note(
        `${newer} is newer than what runs here: millrace function build ${args.target ?? ""}`.trim(),
      );
    const sandbox = await openSandbox({
      ...{ module: built.module, threads: 1 },
      ...(built.runtime && { runtime: built.runtime.wasm }),
    });
    try {
      const { quiet, fuel } = options;
      const cases = isRequestGiven(options) ? undefined : await runCases(target, { sandbox, fuel });
      if (cases !== undefined) return describeCases(context, cases);
      return await callOnce(context, { sandbox, request, fuel, quiet });
    } finally {
      await sandbox.close();
    }
  },
});

async function callOnce(
  context: Context,
  {
    sandbox,
    request,
    fuel,
    quiet,
  }: {
    sandbox: Sandbox;
    request: RequestParts;
    fuel: bigint | undefined;
    quiet: boolean;
  },
): Promise<CommandResult> {
  const limit = fuel === undefined ? {} : { fuelLimit: fuel };
  const result = await sandbox.call({ requestId: crypto.randomUUID(), ...request, ...limit });
  const { answer } = result;
  const status = statusOf(result);
  const body = answer?.body ?? result.output;
  const headers = answer?.headers ?? [];
  if (!context.json && !quiet) explain(context.note, result, status);
  return {
    data: {
      outcome: result.outcome,
      status,
      exitCode: result.exitCode ?? null,
      contentType: headers.find(([name]) => name === "content-type")?.[1] ?? null,
      headers,
      durationMs: toTenths(result.durationMs),
      fuelUsed: result.fuelUsed ?? null,
      ...(result.message === undefined ? {} : { message: result.message }),
      ...bodyData(body),
      stderr: result.stderr,
    },
    text: withLineEnd(body),
    exitCode: answer === undefined ? 1 : 0,
  };
}

function describeCases({ paint }: Context, cases: readonly CaseResult[]): CommandResult {
  const failed = cases.filter(({ problems }) => problems.length > 0).length;
  const lines = cases.flatMap(({ name, durationMs, fuelUsed, problems }) => [
    `${problems.length === 0 ? paint.green("✓") : paint.red("✗")} ${name} (${durationMs.toFixed(1)} ms${describeFuel(fuelUsed)})`,
    ...problems.flatMap((problem) => problem.split("\n").map((line) => `    ${line}`)),
  ]);
  const passed = cases.length - failed;
  return {
    data: {
      passed,
      failed,
      cases: cases.map((each) => ({
        ...each,
        durationMs: toTenths(each.durationMs),
        fuelUsed: each.fuelUsed ?? null,
      })),
    },
    text: [...lines, `${passed} passed, ${failed} failed`].join("\n"),
    exitCode: failed === 0 ? 0 : 1,
  };
}

function toTenths(durationMs: number): number {
  return Math.round(durationMs * 10) / 10;
}

function describeFuel(fuelUsed: bigint | undefined): string {
  return fuelUsed === undefined ? "" : `, ${formatCount(fuelUsed)} units of fuel`;
}

function explain(note: (line: string) => void, result: CallResult, status: number): void {
  const paint = paintFor(process.stderr);
  for (const line of result.stderr.split("\n").filter((each) => each !== ""))
    note(`${paint.dim("stderr")} ${line}`);
  const mark = result.answer !== undefined ? paint.green("✓") : paint.red("✗");
  const exit = result.exitCode === undefined ? "" : `, exit code ${result.exitCode}`;
  const message = result.message === undefined ? "" : `: ${result.message}`;
  note(
    `${mark} ${status} ${result.outcome}${exit}, ${result.durationMs.toFixed(1)} ms${describeFuel(result.fuelUsed)}${message}`,
  );
}
