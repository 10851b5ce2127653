import { readFileSync } from "node:fs";
import { Argument, Command, Option } from "commander";
import type { AnyCommand, OptionSpec } from "./command.ts";
import { commands, nouns } from "./commands/index.ts";
import type { CommonOptions } from "./context.ts";

/** A command line that was understood. */
export interface Parsed {
  readonly command: AnyCommand;
  readonly common: CommonOptions;
  readonly args: Readonly<Record<string, unknown>>;
  readonly options: Readonly<Record<string, unknown>>;
}

/** Where commander writes help and usage errors. */
export interface HelpOutput {
  writeOut(text: string): void;
  writeErr(text: string): void;
}

const text = (value: string) => value;

/** The options that `--help` and the documentation show for every command with these needs. */
export const commonOptions = {
  json: { flags: "--json", description: "print one JSON object and nothing else", absent: false },
  network: {
    flags: "--network <name|file>",
    description: "the network to use (also MILLRACE_NETWORK)",
    parse: text,
    absent: undefined,
    absentText: "the devnet of this folder",
  },
  wallet: {
    flags: "--wallet <name|file>",
    description: "the wallet that signs and pays (also MILLRACE_WALLET)",
    parse: text,
    absent: undefined,
  },
  passwordFile: {
    flags: "--password-file <path>",
    description: "file with the wallet's password (also MILLRACE_PASSWORD)",
    parse: text,
    absent: undefined,
  },
} satisfies Record<string, OptionSpec<unknown>>;

/** All options of a command: its own, then those its needs bring. */
export function optionsOf(command: AnyCommand): OptionSpec<unknown>[] {
  const { json, network, wallet, passwordFile } = commonOptions;
  const own = Object.values(command.options);
  if (command.needs === "nothing") return [...own, json];
  if (command.needs === "network") return [...own, network, json];
  return [...own, wallet, passwordFile, network, json];
}

/** Builds the whole command tree; `onCommand` gets the command line once it is understood. */
export function createProgram(output: HelpOutput, onCommand: (parsed: Parsed) => Promise<void>): Command {
  const program = new Command("millrace")
    .description("Deploy functions to a marketplace of independent providers, or be one.")
    .version(readVersion(), "-V, --version", "print the version")
    .helpOption("-h, --help", "print this help")
    // Inherited by every command that is added below.
    .helpCommand(false)
    .exitOverride()
    .configureOutput(output);
  const groups = new Map<string, Command>();
  for (const { name, summary } of nouns)
    groups.set(name, program.command(name).description(summary).helpCommand(false));
  for (const command of commands) {
    const [noun = "", verb = ""] = command.name.split(" ");
    const group = groups.get(noun);
    if (group === undefined) throw new Error(`The command "${command.name}" has no noun of its own.`);
    addCommand(group, verb, command, onCommand);
    if (command.alias !== undefined) addCommand(program, command.alias, command, onCommand);
  }
  return program;
}

function addCommand(
  parent: Command,
  verb: string,
  command: AnyCommand,
  onCommand: (parsed: Parsed) => Promise<void>,
): void {
  const made = parent.command(verb).summary(command.summary);
  made.description(
    [`${command.summary}.`, command.details].filter((part) => part !== undefined).join("\n\n"),
  );
  for (const { name, description, optional, parse } of Object.values(command.args))
    made.addArgument(
      new Argument(optional ? `[${name}]` : `<${name}>`, description).argParser<unknown>(parse),
    );
  for (const spec of optionsOf(command)) made.addOption(toOption(spec));
  made.addHelpText("after", `\nExamples:\n${command.examples.map((line) => `  $ ${line}`).join("\n")}`);
  made.action(async () => onCommand(readParsed(made, command)));
}

function toOption(spec: OptionSpec<unknown>): Option {
  const note = spec.absentText === undefined ? "" : ` (default: ${spec.absentText})`;
  const option = new Option(spec.flags, `${spec.description}${note}`);
  const { parse } = spec;
  if (parse !== undefined)
    option.argParser<unknown>((value, previous) =>
      spec.repeatable === true ? [...asList(previous), parse(value)] : parse(value),
    );
  return option.makeOptionMandatory(spec.mandatory ?? false);
}

function asList(previous: unknown): readonly unknown[] {
  return Array.isArray(previous) ? (previous as readonly unknown[]) : [];
}

function readParsed(made: Command, command: AnyCommand): Parsed {
  const given: Record<string, unknown> = made.opts();
  const valueOf = (spec: OptionSpec<unknown>) => given[new Option(spec.flags).attributeName()] ?? spec.absent;
  const textOf = (spec: OptionSpec<unknown>) => {
    const value = valueOf(spec);
    return typeof value === "string" ? value : undefined;
  };
  const typed = made.processedArgs as readonly unknown[];
  const args = Object.entries(command.args).map(
    ([key, spec], index) => [key, typed[index] ?? spec.absent] as const,
  );
  return {
    command,
    common: {
      json: valueOf(commonOptions.json) === true,
      network: textOf(commonOptions.network),
      wallet: textOf(commonOptions.wallet),
      passwordFile: textOf(commonOptions.passwordFile),
    },
    args: Object.fromEntries(args),
    options: Object.fromEntries(Object.entries(command.options).map(([key, spec]) => [key, valueOf(spec)])),
  };
}

function readVersion(): string {
  const content: unknown = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
  return typeof content === "object" && content !== null && "version" in content
    ? String(content.version)
    : "";
}
