import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect } from "chai";
import {
  millrace,
  millraceFails,
  millraceJson,
  root,
  scratchFolder,
  type Setting,
} from "./support/millrace.ts";

interface CasesRun {
  passed: number;
  failed: number;
  cases: { name: string; problems: string[] }[];
}

const sourceOf = {
  ...{ as: "assembly/index.ts", ts: "src/index.ts", js: "src/index.js" },
  ...{ python: "src/handler.py", rust: "src/main.rs", cpp: "src/main.cpp" },
};

/** An empty folder of tools but for a shell and what build scripts use besides compilers. */
async function toolsWithoutCompilers(folder: string): Promise<string> {
  const tools = join(folder, "tools");
  await mkdir(tools);
  for (const tool of ["sh", "dirname", "mkdir", "cat", "cp"]) {
    const { stdout } = spawnSync("sh", ["-c", `command -v ${tool}`], { encoding: "utf8" });
    await symlink(stdout.trim(), join(tools, tool));
  }
  return tools;
}

describe("starters of millrace function", function () {
  this.timeout(180_000);
  let setting: Setting;
  let remove: () => Promise<void>;

  before(async () => {
    const scratch = await scratchFolder();
    setting = { cwd: scratch.folder };
    ({ remove } = scratch);
  });
  after(() => remove());

  for (const lang of ["as", "ts", "js", "python", "rust", "cpp"] as const)
    it(`default: init --lang ${lang}, build and test work one after the other`, async function () {
      const { files } = await millraceJson<{ files: string[] }>(setting, [
        ...["function", "init", lang, "--lang", lang],
      ]);
      expect(files).to.include.members([sourceOf[lang], "README.md", "millrace.json", "test/cases.json"]);
      expect(files.some((file) => file.startsWith("build/"))).to.equal(false);
      expect((await readFile(join(setting.cwd, lang, "README.md"), "utf8")).split("\n").length).to.be.below(
        12,
      );

      const built = await millrace(setting, ["function", "build", lang, "--json"]);
      if (built.stdout.includes("compiler-missing")) {
        console.log(`      skipped: ${built.stdout}`);
        this.skip();
      }
      expect(built.exitCode, built.stdout + built.stderr).to.equal(0);
      const { stdout, exitCode } = await millrace(setting, ["function", "test", lang]);
      expect(exitCode).to.equal(0);
      expect(stdout).to.match(
        /^✓ greets whom the body names.* ms, [\d,]+ units of fuel\)\n✓ .*\n✓ .*\n3 passed, 0 failed\n$/,
      );

      // What asc says of mistakes is tested beside function build.
      if (lang === "as") return;
      const source = join(setting.cwd, lang, sourceOf[lang]);
      const code = await readFile(source, "utf8");
      await writeFile(source, `${code}\nsurely no program;\n`);
      const { code: failed, details } = await millraceFails(setting, ["function", "build", lang]);
      expect(failed).to.equal("build-failed");
      expect(details)
        .to.match(new RegExp(`${sourceOf[lang]}.*:?\\d+`))
        .and.match(/error/i);
    });

  it("behavior: a case that got another answer is shown with both, and ends with 1", async () => {
    // Built already: this test needs no compiler.
    await cp(join(root, "examples/hello-assemblyscript"), join(setting.cwd, "wrong"), { recursive: true });
    const file = join(setting.cwd, "wrong/test/cases.json");
    const cases = [
      { name: "right", answer: { body: "Hello, world!\nYou sent GET ?\n" } },
      { name: "wrong body", request: { body: "Ada" }, answer: { body: "Hello, Eve!\n" } },
      { name: "wrong status", request: { body: "x".repeat(101) }, answer: {} },
      { name: "wrong log", answer: { log: "said nothing\n" } },
      { name: "from files", request: { bodyFile: "sent" }, answer: { bodyFile: "got" } },
    ];
    await writeFile(file, JSON.stringify(cases));
    await writeFile(join(dirname(file), "sent"), "Zoë");
    await writeFile(join(dirname(file), "got"), "Hello, Zoë!\nYou sent POST ?\n");
    const { exitCode, stdout } = await millrace(setting, ["function", "test", "wrong", "--json"]);
    expect(exitCode).to.equal(1);
    const run = JSON.parse(stdout) as CasesRun;
    expect(run).to.include({ passed: 2, failed: 3 });
    const problems = Object.fromEntries(run.cases.map((each) => [each.name, each.problems.join("\n")]));
    expect(problems["right"]).to.equal("");
    expect(problems["wrong body"]).to.include("Hello, Eve!").and.include("Hello, Ada!");
    expect(problems["wrong status"]).to.match(/expected 200, got 500 exit.*The name has 101 characters/);
    expect(problems["wrong log"]).to.include("said nothing");

    // A request of one's own runs alone.
    const once = await millrace(setting, ["function", "test", "wrong", "--body", "Kim", "-q"]);
    expect(once.stdout).to.equal("Hello, Kim!\nYou sent POST ?\n");

    await writeFile(file, JSON.stringify([{ name: "misspelt", anwser: {} }]));
    const { code, details } = await millraceFails(setting, ["function", "test", "wrong"]);
    expect(code).to.equal("cases-invalid");
    expect(details).to.match(/answer/);
  });

  it("error: without a compiler, build says what to install", async () => {
    const tools = await toolsWithoutCompilers(setting.cwd);
    const bare = { ...setting, env: { PATH: tools, WASI_SDK_PATH: join(setting.cwd, "none") } };
    await millraceJson(setting, ["function", "init", "bare", "--lang", "cpp"]);
    const { code, details, nextStep } = await millraceFails(bare, ["function", "build", "bare"]);
    expect(code).to.equal("compiler-missing");
    expect(details).to.include("wasi-libc").and.include("WASI_SDK_PATH");
    expect(nextStep).to.include("millrace function build");
    // Debian's compiler is found without a path.
    if (existsSync("/usr/bin/rustc")) return;
    await millraceJson(setting, ["function", "init", "bare-rust", "--lang", "rust"]);
    const rust = await millraceFails(bare, ["function", "build", "bare-rust"]);
    expect(rust.code).to.equal("compiler-missing");
    expect(rust.details).to.include("rustup target add wasm32-wasip1");
  });

  it("error: an unknown language is answered with those there are", async () => {
    const ran = await millrace(setting, ["function", "init", "cobol", "--lang", "cobol"]);
    expect(ran.exitCode).to.equal(2);
    expect(ran.stderr).to.match(/as, ts, js, .*rust, cpp/);
  });
});
