/** Writes docs/cli.md from the command data; `--check` only says whether it is up to date. */
import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { format, resolveConfig } from "prettier";
import type { AnyCommand, OptionSpec } from "./command.ts";
import { commands, nouns } from "./commands/index.ts";
import { optionsOf } from "./program.ts";

const target = fileURLToPath(new URL("../../docs/cli.md", import.meta.url));

const introduction = `# The \`millrace\` command

<!-- Written by cli/src/docs.ts from the command data: change the commands, then run \`node cli/src/docs.ts\`. -->

From the repository's root: \`npx millrace <noun> <verb>\`. Every command has \`--help\`. The result goes to stdout,
progress and remarks go to stderr. Amounts are typed in token units ("0.5").

- **\`--json\`** prints one JSON object and nothing else on stdout; amounts in it are decimal strings in the token's
  smallest units. An error is \`{"error": {"code", "message", "details", "nextStep"}}\`. \`deal watch\` prints one object a line.
- **Exit codes**: 0 done, 1 failed, 2 the command line is wrong, 130 interrupted.
- **Ctrl-C** is safe at any moment: files are written whole or not at all, and after something was sent the command
  says how to see whether it arrived and how to go on.
- **Colours** only on a terminal, and never with \`NO_COLOR\`.

## Networks

A command uses the network named by \`--network\` or \`MILLRACE_NETWORK\`, else the nearest
\`.millrace/devnet/network.json\` in this folder or one above it (\`npm start\` writes it). A network is a file, named by
its path or, without its ending, by its name in the folder \`networks\` of the configuration folder:

\`\`\`json
{
  "rpcUrl": "https://rpc.example.org",
  "apiUrl": "https://millrace.example.org",
  "deployment": "./deployment.json"
}
\`\`\`

\`deployment\` is the deployment record with the contracts' addresses; a relative path starts at the file.

## Wallets and passwords

Own wallets are encrypted files in \`~/.config/millrace/wallets\` (\`XDG_CONFIG_HOME\` and \`MILLRACE_HOME\` move it). A
command takes \`--wallet\` or \`MILLRACE_WALLET\`; without them on a devnet its account \`developer\` (for functions and
deals), \`provider1\` (for providers, nodes and offers), \`tokenHolder\` (for the dao) or \`guardian\` (to pause entry); elsewhere the only wallet there is. The password comes from
\`--password-file\`, the devnet's own file, \`MILLRACE_PASSWORD\`, or a prompt. A node's operator key has a password of
its own: \`passwordFile\` in node.json or \`MILLRACE_KEYSTORE_PASSWORD\`.
`;

const prettierOptions = await resolveConfig(target);
const wanted = await format(writeAll(), { ...prettierOptions, parser: "markdown" });

if (process.argv.includes("--check")) {
  const found = await readFile(target, "utf8").catch(() => "");
  if (found !== wanted) {
    process.stderr.write("docs/cli.md is not what the commands say.\n  next: node cli/src/docs.ts\n");
    process.exitCode = 1;
  }
} else {
  await writeFile(target, wanted);
}

function writeAll(): string {
  const parts = nouns.map(({ name, summary }) => {
    const own = commands.filter((command) => command.name.startsWith(`${name} `));
    return own.length === 0 ? "" : `## ${name}\n\n${summary}.\n\n${own.map(writeCommand).join("\n")}`;
  });
  return [introduction, ...parts].join("\n");
}

function writeCommand(command: AnyCommand): string {
  const { name, alias, summary, details, examples } = command;
  const args = Object.values(command.args);
  const usage = ["millrace", name, ...args.map((arg) => (arg.optional ? `[${arg.name}]` : `<${arg.name}>`))];
  const rows = [
    ...args.map((arg) =>
      row(arg.optional ? `[${arg.name}]` : `<${arg.name}>`, arg.description, arg.absentText),
    ),
    ...optionsOf(command).map(optionRow),
  ];
  return [
    `### ${name}\n`,
    `${summary}.${alias === undefined ? "" : ` Also \`millrace ${alias}\`.`}\n`,
    ...(details === undefined ? [] : [`${details}\n`]),
    `\`\`\`text\n${usage.join(" ")}\n\`\`\`\n`,
    `| argument or option | meaning | without it |\n| --- | --- | --- |\n${rows.join("\n")}\n`,
    `\`\`\`text\n${examples.join("\n")}\n\`\`\`\n`,
  ].join("\n");
}

function optionRow({ flags, description, absentText, mandatory }: OptionSpec<unknown>): string {
  return row(flags, description, mandatory === true ? "must be given" : absentText);
}

function row(name: string, meaning: string, without = ""): string {
  const cell = (content: string) => content.replaceAll("|", "\\|").replaceAll("<", "&lt;");
  return `| \`${name.replaceAll("|", "\\|")}\` | ${cell(meaning)} | ${cell(without)} |`;
}
