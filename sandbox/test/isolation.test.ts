import { fork } from "node:child_process";
import { once } from "node:events";
import { readFileSync, readdirSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { SandboxError } from "../src/index.ts";
import { closeSandboxes, makeRequest, openFunction, outputText } from "./helpers.ts";

const PROCESS_FILE = /millrace-sandbox-[\w.-]+\/process\.mjs/;

/** The sandbox processes below a process; Linux only. */
function sandboxProcesses(parent = process.pid): number[] {
  const isOurs = (pid: string): boolean => {
    try {
      const parentId = Number(/\) \S (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, "utf8"))?.[1]);
      return parentId === parent && PROCESS_FILE.test(readFileSync(`/proc/${pid}/cmdline`, "utf8"));
    } catch {
      return false;
    }
  };
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && isOurs(name))
    .map(Number);
}

function isAlive(pid: number): boolean {
  try {
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}

async function untilDead(pid: number): Promise<void> {
  while (isAlive(pid)) await delay(20);
}

describe("isolation", function () {
  this.timeout(60_000);
  before(function () {
    if (process.platform !== "linux") this.skip();
  });
  afterEach(closeSandboxes);

  it("loops, memory bombs and crashes disturb no other sandbox and not the parent", async () => {
    const good = await openFunction("words");
    const [looping, eating, recursive] = await Promise.all([
      openFunction("loop", { limits: { timeoutMs: 1_000 } }),
      openFunction("memory", { limits: { memoryMiB: 64 } }),
      openFunction("recursion"),
    ]);
    const bad = Promise.all([
      ...[1, 2, 3, 4].map(() => looping.call(makeRequest())),
      ...[1, 2, 3, 4].map(() => eating.call(makeRequest({ query: "bomb" }))),
      ...[1, 2].map(() => recursive.call(makeRequest())),
    ]);
    const state = { isDone: false, answered: 0, longestPauseMs: 0 };
    void bad.finally(() => (state.isDone = true));
    do {
      const before = performance.now();
      await delay(5);
      state.longestPauseMs = Math.max(state.longestPauseMs, performance.now() - before);
      expect(outputText(await good.call(makeRequest({ text: "calm" })))).to.equal("calm 1\n");
      state.answered += 1;
    } while (!state.isDone);
    const outcomes = (await bad).map(({ outcome }) => outcome);
    const expected = [
      ...Array<string>(4).fill("timeout"),
      ...Array<string>(4).fill("memory"),
      "stack",
      "stack",
    ];
    expect(outcomes).to.deep.equal(expected);
    expect(state.answered).to.be.above(10);
    expect(state.longestPauseMs).to.be.below(5_000);
  });

  it("SIGKILL of the process fails the calls that run, and no others", async () => {
    const sandbox = await openFunction("loop", { limits: { timeoutMs: 30_000 } }, { threads: 1 });
    const [victim] = sandboxProcesses();
    const running = sandbox.call(makeRequest());
    await delay(200);
    process.kill(victim ?? 0, "SIGKILL");
    const result = await running;
    expect(result).to.include({ outcome: "crash", exitCode: undefined });
    expect(result.message).to.contain("SIGKILL");
    expect(sandboxProcesses()).not.to.include(victim);
  });

  it("SIGKILL of the process: what waited runs in the new one, and so do later calls", async () => {
    const sandbox = await openFunction("words", {}, { threads: 1 });
    for (let round = 0; round < 3; round += 1) {
      const [victim] = sandboxProcesses();
      process.kill(victim ?? 0, "SIGKILL");
      await untilDead(victim ?? 0);
      const results = await Promise.all(["a", "b", "c"].map((text) => sandbox.call(makeRequest({ text }))));
      const [first, ...others] = results;
      expect(["ok", "crash"]).to.include(first?.outcome);
      expect(others.map(outputText)).to.deep.equal(["b 1\n", "c 1\n"]);
    }
  });

  it("the process has no environment, and no rights beyond its own source", async () => {
    process.env["MILLRACE_TEST_SECRET"] = "not for functions";
    await openFunction("words");
    const [pid] = sandboxProcesses();
    const environment = readFileSync(`/proc/${pid ?? 0}/environ`, "utf8").split("\0");
    expect(environment.filter((entry) => entry !== "" && !entry.startsWith("NODE_CHANNEL_"))).to.deep.equal(
      [],
    );
    const command = readFileSync(`/proc/${pid ?? 0}/cmdline`, "utf8").split("\0");
    expect(command).to.include("--permission");
    expect(command.filter((argument) => argument.startsWith("--allow-"))).to.have.length(2);
  });

  it("close: ends the process, running and waiting calls; later calls are refused", async () => {
    const sandbox = await openFunction("loop", {}, { threads: 1 });
    const [pid] = sandboxProcesses();
    const calls = [sandbox.call(makeRequest()), sandbox.call(makeRequest())];
    await delay(100);
    await sandbox.close();
    await sandbox.close();
    expect((await Promise.all(calls)).map(({ outcome }) => outcome)).to.deep.equal(["crash", "crash"]);
    expect(isAlive(pid ?? 0)).to.equal(false);
    const error: unknown = await sandbox.call(makeRequest()).catch((e: unknown) => e);
    expect(error).to.be.instanceOf(SandboxError).and.include({ code: "closed" });
  });

  it("a parent that is killed leaves no process behind, even with a loop running", async () => {
    const parent = fork(fileURLToPath(new URL("./fixtures/parent.ts", import.meta.url)), { execArgv: [] });
    const [message] = (await once(parent, "message")) as [string];
    expect(message).to.equal("looping");
    const [orphan] = sandboxProcesses(parent.pid);
    expect(isAlive(orphan ?? 0)).to.equal(true);
    parent.kill("SIGKILL");
    await untilDead(orphan ?? 0);
  });
});
