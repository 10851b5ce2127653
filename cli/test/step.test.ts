import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { embedManifest, parseManifest, readManifest } from "@millrace/machine";
import { MillraceError } from "@millrace/sdk";
import pc from "picocolors";
import { takeStep } from "../src/function/step.ts";
import { formatStep, isConfirmed, type ContractVerdict } from "../src/function/stepReport.ts";
import {
  millrace,
  millraceFails,
  millraceJson,
  root,
  scratchFolder,
  type Setting,
} from "./support/millrace.ts";

interface State {
  status: number;
  exitCode: number;
  pc: number;
  fp: number;
  fuel: string;
  outLen: number;
  stateHash: string;
}
interface Shown {
  step: number;
  pc: number;
  function: { pc: number; index: number | null; name: string | null } | null;
  instruction: { name: string; operands: string; bytes: string };
  slots: { operand: string; offset: number; slot: number; before: string; after: string }[];
  before: State;
  after: State;
  program: { inputRoot: string };
  witness: string;
  witnessBytes: number;
  machine: { stateHash: string };
  contract: { unavailable: string };
  isConfirmed: boolean;
}

describe("millrace function step", function () {
  this.timeout(120_000);
  let setting: Setting;
  let remove: () => Promise<void>;
  before(async () => {
    const scratch = await scratchFolder();
    setting = { cwd: scratch.folder };
    ({ remove } = scratch);
    for (const name of ["echo", "exit", "pointers", "time-random"]) {
      const code = await readFile(join(root, `sandbox/test/fixtures/${name}.wasm`));
      const manifest = parseManifest({ name, limits: { fuel: 1_000_000 } });
      await writeFile(join(setting.cwd, `${name}.wasm`), embedManifest(code, manifest));
    }
  });
  after(() => remove());

  const show = (module: string, step: number, ...more: string[]): Promise<Shown> =>
    millraceJson<Shown>(setting, ["function", "step", `${module}.wasm`, "--step", String(step), ...more]);

  it("default: shows the first step of a call, which a witness confirms", async () => {
    const shown = await show("echo", 0, "--body", "hello");
    expect(shown).to.include({ step: 0, isConfirmed: true });
    expect(shown.instruction.name).to.equal("ENTER");
    expect(shown.instruction.bytes).to.match(/^0x01[0-9a-f]{30}$/);
    // the entry is no function of the module's own
    expect(shown.function).to.deep.equal({ pc: shown.pc, index: null, name: null });
    expect(shown.before).to.include({ status: 0, pc: shown.pc, fuel: "1000000" });
    expect(shown.after.pc).to.equal(shown.pc + 1);
    expect(Number(shown.after.fuel)).to.be.lessThan(1_000_000);
    expect(shown.machine.stateHash).to.equal(shown.after.stateHash);
    expect(shown.witness).to.have.length(2 + 2 * shown.witnessBytes);
    expect(shown.contract.unavailable).to.include("--network");
  });

  it("behavior: one step ends where the next begins, and is the same each time", async () => {
    const [first, again, next] = await Promise.all([
      show("echo", 700, "--body", "hello"),
      show("echo", 700, "--body", "hello"),
      show("echo", 701, "--body", "hello"),
    ]);
    expect(again).to.deep.equal(first);
    expect(next.before).to.deep.equal(first.after);
    expect(next.before.stateHash).not.to.equal(first.before.stateHash);
  });

  it("behavior: time, seed and fuel are those that are asked for", async () => {
    const given = ["--time", "2026-01-01T00:00:00Z", "--seed", `0x${"0".repeat(64)}`, "--fuel", "1000000"];
    const [usual, same, later, seeded] = await Promise.all([
      show("time-random", 0),
      show("time-random", 0, ...given),
      show("time-random", 0, "--time", "1767225600001", "--fuel", "999999"),
      show("time-random", 0, "--seed", "1".padStart(64, "0")),
    ]);
    expect(same).to.deep.equal(usual);
    expect([usual, later, seeded].map(({ before }) => before.fuel)).to.deep.equal([
      ...["1000000", "999999", "1000000"],
    ]);
    const roots = [usual, later, seeded].map(({ program }) => program.inputRoot);
    expect(new Set(roots).size).to.equal(3);
  });

  it("behavior: the last step of a run that exits, for a person", async () => {
    const { message, details, nextStep } = await millraceFails(setting, [
      ...["function", "step", "exit.wasm", "--step", "99999999"],
    ]);
    expect(message).to.match(/^There is no step 99,999,999: the run has [\d,]+ steps\.$/);
    expect(details).to.match(/^It ends in the status 1 exited with code \d+\.$/);
    const last = /from 0 to ([\d,]+)\.$/.exec(nextStep ?? "")?.[1]?.replaceAll(",", "") ?? "";
    const ran = await millrace(setting, ["function", "step", "exit.wasm", "--step", last, "--witness"]);
    expect(ran.exitCode, ran.stderr).to.equal(0);
    expect(ran.stdout).to.match(/^instruction {2,}HALT {2}exit code s\[\d+\], output length s\[\d+\]$/m);
    expect(ran.stdout).to.match(/^registers {2,}status 0 running → 1 exited with code \d+$/m);
    expect(ran.stdout).to.match(/^machine {2,}✓ comes to the same state from the witness alone$/m);
    expect(ran.stdout).to.match(/^ +0x[0-9a-f]{600,}$/m);
    expect(ran.stdout).to.match(/^contract {2,}not asked: no network is chosen/m);
    const code = await millraceFails(setting, [
      "function",
      "step",
      "exit.wasm",
      "--step",
      String(Number(last) + 1),
    ]);
    expect(code.code).to.equal("step-missing");
  });

  it("behavior: a run that runs out of fuel ends with that step", async () => {
    const { details, nextStep } = await millraceFails(setting, [
      ...["function", "step", "echo.wasm", "--step", "99999999", "--fuel", "500"],
    ]);
    expect(details).to.equal("It ends in the status 10 out of fuel.");
    const last = Number(/from 0 to ([\d,]+)\.$/.exec(nextStep ?? "")?.[1]?.replaceAll(",", ""));
    const shown = await show("echo", last, "--fuel", "500");
    expect(shown.after).to.include({ status: 10, fuel: "0" });
    expect(shown.isConfirmed).to.equal(true);
  });

  it("error: an answer that is not the state of the replay is shown as such, and not confirmed", async () => {
    const module = await readFile(join(setting.cwd, "echo.wasm"));
    const request = { method: "GET", path: "", query: "", headers: {}, body: new Uint8Array() } as const;
    const call = { request, timeMs: 0, seed: new Uint8Array(32), fuel: undefined };
    const taken = takeStep({ module, manifest: readManifest(module) }, call, 700);
    const gas = { total: 60_000, execution: 20_000, calldata: 19_000, floor: 50_000 };
    const shown = (verdict: ContractVerdict) =>
      formatStep(taken, { verdict, withWitness: false, paint: pc.createColors(false) });

    const right = { next: taken.after.hash, refusal: undefined, gas };
    expect(isConfirmed(taken, right)).to.equal(true);
    expect(shown(right)).to.include("gas           60,000 as a transaction: 21,000 and 19,000 for calldata");
    const other = { ...right, next: taken.before.hash };
    expect(isConfirmed(taken, other)).to.equal(false);
    expect(shown(other)).to.include(`✗ comes to another state: ${taken.before.hash}`);
    const refusal = new MillraceError({ code: "witness-leaf-twice", shortMessage: "It opens leaf 3 twice." });
    expect(isConfirmed(taken, { ...right, next: undefined, refusal })).to.equal(false);
    expect(shown({ ...right, next: undefined, refusal })).to.include("✗ It opens leaf 3 twice.");
    expect(isConfirmed({ ...taken, verified: undefined }, right)).to.equal(false);
  });

  it("error: what cannot be shown", async () => {
    const step = ["function", "step"];
    expect((await millraceFails(setting, [...step, "echo.wasm"], 2)).message).to.include("--step");
    expect((await millraceFails(setting, [...step, "missing.wasm", "--step", "0"])).code).to.equal(
      "function-missing",
    );
    await writeFile(join(setting.cwd, "text.wasm"), "no module");
    expect((await millraceFails(setting, [...step, "text.wasm", "--step", "0"])).code).to.equal("not-wasm");
    const wrongSeed = [...step, "echo.wasm", "--step", "0", "--seed", "12"];
    expect((await millraceFails(setting, wrongSeed, 2)).details).to.include("64 hexadecimal digits");
    const wrongTime = [...step, "echo.wasm", "--step", "0", "--time", "soon"];
    expect((await millraceFails(setting, wrongTime, 2)).details).to.include("2026-01-01");
    const wrongStep = [...step, "echo.wasm", "--step", "-1"];
    expect((await millraceFails(setting, wrongStep, 2)).details).to.include("whole number");
    const network = [...step, "echo.wasm", "--step", "0", "--network", "nowhere"];
    expect((await millraceFails(setting, network)).code).to.equal("network-missing");
  });
});
