import { expect } from "chai";
import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const parentFile = fileURLToPath(new URL("./fixtures/parent.ts", import.meta.url));

describe("the sandbox's folder of sources", () => {
  let folder: string;
  const started: ChildProcess[] = [];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "millrace-test-"));
  });
  afterEach(async () => {
    for (const child of started.splice(0)) await kill(child);
    rmSync(folder, { recursive: true, force: true });
  });

  /** Starts a process with a function that runs in a sandbox. */
  async function start(env: Record<string, string> = {}): Promise<ChildProcess> {
    const child = fork(parentFile, { execArgv: [], env: { ...process.env, ...env, TMPDIR: folder } });
    started.push(child);
    await once(child, "message");
    return child;
  }
  async function kill(child: ChildProcess): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, "exit");
    child.kill("SIGKILL");
    await exited;
  }
  const owners = () => readdirSync(folder).map((name) => Number(name.split("-").at(-2)));

  it("behavior: what a killed process left is removed by the next one; a live one's and others' stay", async () => {
    const killed = await start();
    expect(owners()).to.deep.equal([killed.pid]);
    await kill(killed);
    expect(owners(), "nobody removed it").to.deep.equal([killed.pid]);

    const elsewhere = `millrace-sandbox-not-${hostname()}-${killed.pid}-abcdef`;
    mkdirSync(join(folder, elsewhere));
    const [second, third] = [await start(), await start()];
    const [one = 0, two = 0, three = 0] = [killed.pid, second.pid, third.pid];
    expect(owners()).to.have.members([one, two, three]);
    expect(readdirSync(folder)).to.have.length(3).and.include(elsewhere);
  });

  it("behavior: what a killed process with this one's own number left is removed, as in a restarted container", async () => {
    const child = await start({ LEFT_BEHIND: join(folder, `millrace-sandbox-${hostname()}-`) });
    expect(owners()).to.deep.equal([child.pid]);
  });
});
