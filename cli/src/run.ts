import { constants } from "node:os";
import { CommanderError, type Command } from "commander";
import type { CommandResult } from "./command.ts";
import { createContext, type Context } from "./context.ts";
import {
  interrupted,
  interruptedCode,
  sayHowToGoOn,
  UsageError,
  viewError,
  type ErrorView,
} from "./errors.ts";
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
  const program = createProgram(output, async (parsed) => {
    exitCode = await execute(parsed);
  });
  try {
    await program.parseAsync(argv, { from: "user" });
    return exitCode;
  } catch (error) {
    if (!(error instanceof CommanderError)) return fail(viewError(error), wantsJson, exitFailed);
    if (error.exitCode === 0) return 0;
    if (error.code === "commander.help") {
      writeOut(2, usageText);
      return exitUsage;
    }
    return fail(describeUsage(error, usageText, namedCommand(program, argv)), wantsJson, exitUsage);
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
    const view = sayHowToGoOn(viewError(error), context.interruption.next);
    return fail(view, common.json, error instanceof UsageError ? exitUsage : exitFailed);
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

/** A value that a parser refused, as commander says it: of an argument or of an option, then the parser's own sentence. */
const refusedValue =
  /^(?:command-argument value '(?<typed>.*)' is invalid for argument '(?<argument>[^']*)'|option '(?<option>[^']*)' argument '(?<given>.*)' is invalid)\. (?<reason>.*)$/s;

/**
 * Commander's words, without its prefix; a suggestion ("Did you mean …?") becomes the next step.
 * @param name the command that was typed, with its noun: "deal call"
 */
function describeUsage(error: CommanderError, usageText: string, name: string): ErrorView {
  const message = error.message.replace(/^error: /, "");
  const help = `Run ${["millrace", name, "--help"].filter((word) => word !== "").join(" ")} to see what it takes.`;
  const refused = refusedValue.exec(message)?.groups;
  if (refused !== undefined) {
    const { typed, given, argument, option, reason } = refused;
    const place = option ?? `<${argument ?? ""}>`;
    const value = JSON.stringify(typed ?? given);
    return { code: "usage", message: `${value} can't be ${place}.`, details: reason ?? "", nextStep: help };
  }
  const [first = message, suggestion] = message.split("\n");
  const said = suggestion ?? /\(Did you mean [^)]*\)/.exec(usageText)?.[0];
  return {
    code: "usage",
    message: first,
    nextStep: said === undefined ? help : said.replace(/^\(|\)$/g, ""),
  };
}

/** The longest beginning of the line that names a command or a noun; empty if none does. */
function namedCommand(program: Command, argv: readonly string[]): string {
  const names: string[] = [];
  let parent: Command | undefined = program;
  for (const word of argv) {
    parent = parent.commands.find((each) => each.name() === word);
    if (parent === undefined) break;
    names.push(word);
  }
  return names.join(" ");
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
