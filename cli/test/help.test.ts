import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { CommanderError, Option } from "commander";
import { commands, nouns } from "../src/commands/index.ts";
import { createProgram, optionsOf, type Parsed } from "../src/program.ts";
import { millrace, millraceFails, root, scratchFolder, type Setting } from "./support/millrace.ts";

const names = new Set(commands.flatMap(({ name, alias }) => (alias === undefined ? [name] : [name, alias])));

describe("the command data", () => {
  it("has every name once, and every noun a verb", () => {
    expect(new Set(commands.map(({ name }) => name)).size).to.equal(commands.length);
    for (const { name } of nouns)
      expect(
        [...names].some((each) => each.startsWith(`${name} `)),
        name,
      ).to.equal(true);
  });

  it("gives each option of a command a name of its own", () => {
    for (const command of commands) {
      const keys = optionsOf(command).map(({ flags }) => new Option(flags).attributeName());
      const own = command.needs === "wallet" ? keys : keys.filter((key) => key !== "passwordFile");
      expect(new Set(own).size, command.name).to.equal(own.length);
    }
  });

  it("has no --no- flag: commander would turn its value round", () => {
    for (const command of commands)
      for (const { flags } of optionsOf(command)) expect(new Option(flags).negate, flags).to.equal(false);
  });

  it("shows examples that are commands of that name", () => {
    for (const { name, alias, examples } of commands)
      for (const example of examples)
        expect(
          example.startsWith(`millrace ${name}`) ||
            (alias !== undefined && example.startsWith(`millrace ${alias}`)),
          example,
        ).to.equal(true);
  });
});

describe("what other packages tell people to type", () => {
  it("names commands that exist", async () => {
    const folders = ["machine/src", "sandbox/src", "sdk/src", "backend/src", "node/src", "cli/src"];
    const mentioned = (await Promise.all(folders.map(readMentions))).flat();
    expect(mentioned.length).to.be.greaterThan(20);
    const unknown = mentioned.filter(({ name }) => !names.has(name) && !names.has(name.split(" ")[0] ?? ""));
    expect(unknown).to.deep.equal([]);
  });
});

/** `millrace <noun> <verb>` where it stands in a text that somebody will read. */
async function readMentions(folder: string): Promise<{ file: string; name: string }[]> {
  const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && entry.name.endsWith(".ts"));
  const found = await Promise.all(
    files.map(async (entry) => {
      const file = join(entry.parentPath, entry.name);
      const text = await readFile(file, "utf8");
      return [
        ...text.matchAll(/millrace ((?:function|deal|provider|node|offer|dao|wallet|dev) [a-z-]+)/g),
      ].map(([, name = ""]) => ({ file, name }));
    }),
  );
  return found.flat();
}

/** Parses a command line in this process; nothing is executed. */
async function parse(
  argv: readonly string[],
): Promise<{ help: string; error: string; parsed: Parsed | undefined }> {
  let help = "";
  let parsed: Parsed | undefined;
  const output = { writeOut: (text: string) => void (help += text), writeErr: () => undefined };
  try {
    await createProgram(output, (understood) => {
      parsed = understood;
      return Promise.resolve();
    }).parseAsync(argv, { from: "user" });
    return { help, error: "", parsed };
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return { help, error: error.message, parsed };
  }
}

describe("the command line", () => {
  it("explains each command with --help: options, arguments, examples", async () => {
    for (const command of commands) {
      const { help } = await parse([...command.name.split(" "), "--help"]);
      expect(help).to.include(`Usage: millrace ${command.name}`);
      for (const { flags } of optionsOf(command)) expect(help).to.include(flags);
      for (const example of command.examples) expect(help).to.include(example);
    }
  });

  it("gives a handler typed values and defaults", async () => {
    const argv = [
      "quote",
      "--region",
      "europe",
      "--region",
      "Asia",
      "--workers",
      "3",
      "--limit",
      "0.5",
      "--json",
    ];
    const { parsed } = await parse(argv);
    expect(parsed?.command.name).to.equal("deal quote");
    expect(parsed?.common.json).to.equal(true);
    expect(parsed?.options).to.deep.include({
      region: [{ region: "europe" }, { region: "asia" }],
      workers: 3,
      limit: "0.5",
      units: 1,
    });
    expect(parsed?.options).to.include({ private: false, deposit: undefined });
    expect((await parse(["deal", "show", "7"])).parsed?.args).to.deep.equal({ deal: 7n });
  });

  it("error: names what is wrong", async () => {
    const error = async (...argv: string[]) => (await parse(argv)).error;
    expect(await error("deal", "shwo")).to.include("shwo");
    expect(await error("deal", "show")).to.include("missing required argument");
    expect(await error("quote", "--workers", "33")).to.include("from 1 to 32");
    expect(await error("quote", "--region", "mars")).to.include("europe");
    expect(await error("wallet", "list", "--bogus")).to.include("--bogus");
    expect(await error("wallet", "list", "extra")).to.include("too many arguments");
    expect(await error("node", "add")).to.include("--ask");
  });
});

describe("millrace", function () {
  this.timeout(120_000);
  let setting: Setting;
  let remove: () => Promise<void>;

  before(async () => {
    const scratch = await scratchFolder();
    setting = { cwd: scratch.folder };
    ({ remove } = scratch);
  });
  after(() => remove());

  it("lists the nouns, and the verbs of a noun", async () => {
    const { stdout, exitCode } = await millrace(setting, ["--help"]);
    expect(exitCode).to.equal(0);
    for (const { name, summary } of nouns) expect(stdout).to.include(name).and.include(summary.split(",")[0]);
    const verbs = await millrace(setting, ["deal"]);
    expect(verbs.exitCode).to.equal(2);
    expect(verbs.stderr).to.include("quote").and.include("withdraw");
  });

  it("explains a command with --help on stdout", async () => {
    const { exitCode, stdout, stderr } = await millrace(setting, ["function", "deploy", "--help"]);
    expect(exitCode).to.equal(0);
    expect(stderr).to.equal("");
    expect(stdout).to.equal((await parse(["function", "deploy", "--help"])).help);
  });

  it("error: a wrong command line ends with 2 and says what is meant", async () => {
    expect((await millraceFails(setting, ["functoin", "init"], 2)).nextStep).to.equal(
      "Did you mean function?",
    );
    expect(await millraceFails(setting, ["deal", "show", "0"], 2)).to.deep.equal({
      code: "usage",
      message: '"0" can\'t be <deal>.',
      details: "A deal's id is a whole number from 1.",
      nextStep: "Run millrace deal show --help to see what it takes.",
    });
    expect(await millraceFails(setting, ["deal", "call", "1", "--fuel", "a\nb"], 2)).to.include({
      message: '"a\\nb" can\'t be --fuel <units>.',
      details: "Give a whole number of units of fuel.",
    });
    expect((await millraceFails(setting, ["deal", "show", "1", "--frob"], 2)).nextStep).to.equal(
      "Run millrace deal show --help to see what it takes.",
    );
  });

  it("default: an error goes to stderr in words, nothing to stdout", async () => {
    const { exitCode, stdout, stderr } = await millrace(setting, ["dev", "status"]);
    expect(exitCode).to.equal(1);
    expect(stdout).to.equal("");
    expect(stderr).to.match(/^✗ No network is chosen.*\n {2}next: Start a devnet with npm start/);
  });
});
