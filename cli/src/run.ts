import { constants } from "node:os";
import { CommanderError } from "commander";
import type { CommandResult } from "./command.ts";
import { createContext, type Context } from "./context.ts";
import { interrupted, interruptedCode, UsageError, viewError, type ErrorView } from "./errors.ts";
import { formatError, paintFor, toJson, writeOut } from "./output.ts";
import { createProgram, type Parsed } from "./program.ts";

const exitFailed = 1;
const exitUsage = 2;
const exitInterrupted = 130;
/** Two Ctrl-C within this time are one: a launcher passes on what the terminal sent already. */
const sameInterruptMs = 300;

/** The account of a devnet that a command takes by itself, by its name or its noun. */
const devnetWallets = new Map([
  ["dao pause", "guardian"],
  ["dao resume", "guardian"],
  ["dao", "tokenHolder"],
  ["provider", "provider1"],
  ["node", "provider1"],
  ["offer", "provider1"],
]);

/**
 * Runs one command line and prints its result or its error.
 * @returns the exit code: 0 done, 1 failed, 2 the command line is wrong, 130 interrupted
 */
export async function run(argv: readonly string[]): Promise<number> {
  const wantsJson = argv.slice(0, argv.includes("--") ? argv.indexOf("--") : undefined).includes("--json");
  let usageText = "";
  let exitCode = 0;
  const output = {
    writeOut: (text: string) => {
      writeOut(1, text);
    },
    writeErr: (text: string) => {
      usageText += text;
    },
  };
  try {
    await createProgram(output, async (parsed) => {
      exitCode = await execute(parsed);
    }).parseAsync(argv, { from: "user" });
    return exitCode;
  } catch (error) {
    if (!(error instanceof CommanderError)) return fail(viewError(error), wantsJson, exitFailed);
    if (error.exitCode === 0) return 0;
    if (error.code === "commander.help") {
      writeOut(2, usageText);
      return exitUsage;
    }
    return fail(describeUsage(error, usageText), wantsJson, exitUsage);
  }
}

async function execute({ command, common, args, options }: Parsed): Promise<number> {
  const noun = command.name.split(" ")[0] ?? "";
  const context = createContext(
    common,
    devnetWallets.get(command.name) ?? devnetWallets.get(noun) ?? "developer",
  );
  listenForSignals(context);
  try {
    const result = await command.handler(context, { args: args as never, options: options as never });
    print(result, common.json);
    return result.exitCode ?? 0;
  } catch (error) {
    return fail(viewError(error), common.json, error instanceof UsageError ? exitUsage : exitFailed);
  }
}

function print({ data, text }: CommandResult, json: boolean): void {
  if (json && data !== undefined) writeOut(1, `${toJson(data)}\n`);
  else writeOut(1, typeof text === "string" ? (text === "" ? "" : `${text}\n`) : text);
}

function fail(view: ErrorView, json: boolean, exitCode: number): number {
  if (json) writeOut(1, `${toJson({ error: view })}\n`);
  else writeOut(2, `${formatError(view, paintFor(process.stderr))}\n`);
  return view.code === interruptedCode ? Math.max(exitCode, exitInterrupted) : exitCode;
}

/** Commander's words, without its prefix; a suggestion ("Did you mean …?") becomes the next step. */
function describeUsage(error: CommanderError, usageText: string): ErrorView {
  const message = error.message.replace(/^error: /, "");
  const [first = message, suggestion] = message.split("\n");
  const said = suggestion ?? /\(Did you mean [^)]*\)/.exec(usageText)?.[0];
  return {
    code: "usage",
    message: first,
    nextStep: said === undefined ? "Add --help to see what the command takes." : said.replace(/^\(|\)$/g, ""),
  };
}

function listenForSignals(context: Context): void {
  let lastMs = 0;
  const onSignal = (signal: NodeJS.Signals) => {
    const nowMs = Date.now();
    if (nowMs - lastMs < sameInterruptMs) return;
    lastMs = nowMs;
    const { handler, next } = context.interruption;
    if (handler !== undefined) {
      handler(signal);
      return;
    }
    // A redrawn progress list hides the cursor.
    if (process.stderr.isTTY) writeOut(2, "\u001b[?25h\n");
    process.exit(fail(viewError(interrupted(next)), context.json, 128 + constants.signals[signal]));
  };
  process.on("SIGINT", onSignal);
  process.on("SIGTERM", onSignal);
}
