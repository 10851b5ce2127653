import type { Context } from "./context.ts";

/** Turns the text typed for an option or argument into its value; throws InvalidArgumentError for a bad one. */
export type Parser<T> = (text: string) => T;

/** One option of a command; `T` is what its handler receives. */
export interface OptionSpec<T> {
  readonly flags: string;
  readonly description: string;
  readonly parse?: Parser<unknown>;
  /** What the handler gets when the option is not given. */
  readonly absent: T;
  /** How `absent` reads in help and documentation; nothing is said if missing. */
  readonly absentText?: string;
  readonly repeatable?: boolean;
  readonly mandatory?: boolean;
}

/** One positional argument of a command. */
export interface ArgumentSpec<T> {
  readonly name: string;
  readonly description: string;
  readonly parse: Parser<unknown>;
  readonly optional: boolean;
  readonly absent: T;
  readonly absentText?: string;
}

/** What a command needs beyond its own options; adds the options that choose it. */
export type Needs = "nothing" | "network" | "wallet";

/** What a command hands back: the object for `--json` (undefined: it printed its own) and the same for a person. */
export interface CommandResult {
  readonly data: object | undefined;
  /** Printed to stdout without `--json`; bytes go out as they are. */
  readonly text: string | Uint8Array;
  readonly exitCode?: number;
}

type Specs = Record<string, OptionSpec<unknown>>;
type Arguments = Record<string, ArgumentSpec<unknown>>;

/** The values a handler receives for its specifications. */
type Values<S extends Record<string, { readonly absent: unknown }>> = {
  [K in keyof S]: S[K] extends { readonly absent: infer T } ? T : never;
};

/** What a handler receives. */
export interface Input<A extends Arguments, O extends Specs> {
  readonly args: Values<A>;
  readonly options: Values<O>;
}

/** A command as data: commander and docs/cli.md are both made from it. */
export interface CommandSpec<A extends Arguments = Arguments, O extends Specs = Specs> {
  /** Noun and verb, for example "function deploy". */
  readonly name: string;
  /** The same command under one word at the top level. */
  readonly alias?: string;
  readonly summary: string;
  /** Further paragraphs for help and documentation. */
  readonly details?: string;
  readonly needs: Needs;
  readonly args: A;
  readonly options: O;
  readonly examples: readonly string[];
  readonly handler: (context: Context, input: Input<A, O>) => Promise<CommandResult>;
}

/** A command whose handler's input is checked when it is called, not by the type (the list of all commands). */
export type AnyCommand = Omit<CommandSpec, "handler"> & {
  readonly handler: (context: Context, input: { args: never; options: never }) => Promise<CommandResult>;
};

/** Gives a command its types; the value is returned as it is. */
export function defineCommand<A extends Arguments, O extends Specs>(
  command: CommandSpec<A, O>,
): CommandSpec<A, O> {
  return command;
}

/** An option without a value. */
export function flag(flags: string, description: string): OptionSpec<boolean> {
  return { flags, description, absent: false };
}

/** An option with a value that may be left out. */
export function option<T>(
  flags: string,
  description: string,
  parse: Parser<T>,
  absentText?: string,
): OptionSpec<T | undefined> {
  return {
    flags,
    description,
    parse,
    absent: undefined,
    ...(absentText === undefined ? {} : { absentText }),
  };
}

/** An option with a value and a default. */
export function optionOr<T>(
  flags: string,
  description: string,
  parse: Parser<T>,
  absent: T,
  absentText = String(absent),
): OptionSpec<T> {
  return { flags, description, parse, absent, absentText };
}

/** An option that must be given. */
export function required<T>(flags: string, description: string, parse: Parser<T>): OptionSpec<T> {
  return { flags, description, parse, absent: undefined as T, mandatory: true };
}

/** An option that may be given several times. */
export function many<T>(flags: string, description: string, parse: Parser<T>): OptionSpec<readonly T[]> {
  return { flags, description, parse, absent: [], repeatable: true };
}

/** An argument that must be given. */
export function argument<T>(name: string, description: string, parse: Parser<T>): ArgumentSpec<T> {
  return { name, description, parse, optional: false, absent: undefined as T };
}

/** An argument that may be left out. */
export function optionalArgument<T>(
  name: string,
  description: string,
  parse: Parser<T>,
  absentText?: string,
): ArgumentSpec<T | undefined> {
  return {
    name,
    description,
    parse,
    optional: true,
    absent: undefined,
    ...(absentText === undefined ? {} : { absentText }),
  };
}
