import { openSandbox, type CallResult } from "@millrace/sandbox";
import { flag, defineCommand, optionalArgument } from "../../command.ts";
import { bodyData, readRequest, requestOptions, withLineEnd } from "../../function/request.ts";
import { readBuilt } from "../../function/project.ts";
import { paintFor } from "../../output.ts";
import { text } from "../../parse.ts";

export const functionTest = defineCommand({
  name: "function test",
  summary: "Run the built function once, in the same sandbox as the nodes",
  details:
    "The answer goes to stdout, everything else to stderr. Ends with exit code 1 if the function fails, as a caller " +
    "would get status 500.",
  needs: "nothing",
  args: { target: optionalArgument("target", "the function's folder or a built module", text, "here") },
  options: { ...requestOptions, quiet: flag("-q, --quiet", "print the answer only") },
  examples: [
    'millrace function test --body "Ada"',
    "millrace function test ./qr-code --body https://example.org > code.svg",
  ],
  handler: async (context, { args, options }) => {
    const request = await readRequest(context, options);
    const { module, manifest } = await readBuilt(context.path(args.target ?? "."));
    const sandbox = await openSandbox({ module, threads: 1 });
    try {
      const result = await sandbox.call({ requestId: crypto.randomUUID(), ...request });
      const status = result.outcome === "ok" ? 200 : 500;
      if (!context.json && !options.quiet) explain(context.note, result, status);
      return {
        data: {
          outcome: result.outcome,
          status,
          exitCode: result.exitCode ?? null,
          contentType: manifest.contentType,
          durationMs: Math.round(result.durationMs * 10) / 10,
          ...(result.message === undefined ? {} : { message: result.message }),
          ...bodyData(result.output),
          stderr: result.stderr,
        },
        text: withLineEnd(result.output),
        exitCode: status === 200 ? 0 : 1,
      };
    } finally {
      await sandbox.close();
    }
  },
});

function explain(note: (line: string) => void, result: CallResult, status: number): void {
  const paint = paintFor(process.stderr);
  for (const line of result.stderr.split("\n").filter((each) => each !== ""))
    note(`${paint.dim("stderr")} ${line}`);
  const mark = status === 200 ? paint.green("✓") : paint.red("✗");
  const exit = result.exitCode === undefined ? "" : `, exit code ${result.exitCode}`;
  const message = result.message === undefined ? "" : `: ${result.message}`;
  note(`${mark} ${status} ${result.outcome}${exit}, ${result.durationMs.toFixed(1)} ms${message}`);
}
