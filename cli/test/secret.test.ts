import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { openTerminal } from "./support/terminal.ts";
import { millrace, scratchFolder, type JsonError } from "./support/millrace.ts";

describe("millrace secret set", function () {
  this.timeout(60_000);
  let cwd = "";
  let remove: () => Promise<void>;
  before(async () => {
    ({ folder: cwd, remove } = await scratchFolder());
    await writeFile(join(cwd, "empty"), "\n");
    await writeFile(join(cwd, "binary"), Uint8Array.of(0xff, 0xfe));
    await writeFile(join(cwd, "good"), "s3cret-value\n");
  });
  after(async () => {
    await remove();
  });

  async function fails(args: string[], input?: string) {
    const ran = await millrace({ cwd }, ["secret", "set", "1", ...args, "--json"], input);
    expect(ran.exitCode).to.be.oneOf([1, 2]);
    expect(ran.stdout + ran.stderr).not.to.contain("s3cret-value");
    return (JSON.parse(ran.stdout) as JsonError).error.code;
  }

  it("error: names that cannot be, before anything is asked for", async () => {
    expect(await fails(["lower", "--value-file", "good"])).to.equal("secret-name-invalid");
    expect(await fails(["HTTP_HOST=s3cret-value"])).to.equal("secret-name-reserved");
  });

  it("error: no value, two values, no text", async () => {
    expect(await fails(["TOKEN"], "")).to.equal("secret-value-missing");
    expect(await fails(["TOKEN", "--value-file", "empty"])).to.equal("secret-value-missing");
    expect(await fails(["TOKEN", "--value-file", "missing"])).to.equal("file-unreadable");
    expect(await fails(["TOKEN", "--value-file", "binary"])).to.equal("secret-value-invalid");
    expect(await fails(["TOKEN=s3cret-value", "--value-file", "good"])).to.equal("usage");
  });

  it("behavior: a terminal hides what is typed, also where the command fails; Ctrl-C leaves nothing", async () => {
    const failing = openTerminal({ cwd }, ["secret", "set", "1", "TOKEN"]);
    await failing.until(/Value of TOKEN/);
    failing.type("s3cret-value\r");
    expect(await failing.ended).to.equal(1);
    expect(failing.text()).to.match(/millrace start|network/i);
    const empty = openTerminal({ cwd }, ["secret", "set", "1", "TOKEN"]);
    await empty.until(/Value of TOKEN/);
    empty.type("\r");
    expect(await empty.ended).to.equal(1);
    expect(empty.text()).to.include("No value for TOKEN was given.");
    const left = openTerminal({ cwd }, ["secret", "set", "1", "TOKEN"]);
    await left.until(/Value of TOKEN/);
    left.type("s3cret-value\u0003");
    expect(await left.ended).to.equal(130);
    for (const { raw } of [failing, left]) expect(raw()).not.to.contain("s3cret");
  });

  it("error: without a network the value goes nowhere and is not shown", async () => {
    expect(await fails(["TOKEN", "--value-file", "good"])).to.equal("network-missing");
    expect(await fails(["TOKEN", "--value-file", "-"], "s3cret-value")).to.equal("network-missing");
  });
});
