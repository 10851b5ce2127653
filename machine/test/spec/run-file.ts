/** Runs one file of the official suite, command by command, on both paths. */
import type { Command, SuiteAction, SuiteFile } from "./archive.ts";
import { isRefusal, loadModule, loadUsable } from "./load.ts";
import type { Engines, Loaded } from "./load.ts";
import { difference } from "../paths/instance.ts";
import type { Instance, Outcome } from "../paths/instance.ts";
import type { Judged, Verdict } from "./report.ts";
import { bitsOf, isExpected, isTrap, show } from "./values.ts";

const STACK_EXHAUSTED = 9;
const REFERENCES = "reference-types";

/** The same verdict on both paths, or one each. */
type Verdicts = Verdict | { native: Verdict; interpreter: Verdict };

/** The verdicts on all commands of a file, and how many of them are about text. */
export function runFile(file: SuiteFile, engines: Engines): { judged: Judged[]; textOnly: number } {
  const modules = new Map<string, Loaded>();
  const registered = new Map<string, Loaded | undefined>();
  let latest: Loaded | undefined;
  let textOnly = 0;

  function load(command: Command): Loaded {
    const wasm = command.filename === undefined ? undefined : file.module(command.filename);
    if (wasm === undefined)
      return { kind: "refused", message: `${command.filename ?? "its module"} is not in the archive` };
    const isText = command.filename?.endsWith(".wat") === true;
    const binary = isText ? engines.assemble(new TextDecoder().decode(wasm)) : wasm;
    const names = new Set(registered.keys());
    const loaded = (command.type === "module" ? loadUsable : loadModule)(binary, engines, names);
    // A module that changes another's memory or table makes that one's later results depend on several modules too.
    if (loaded.kind === "unusable" && loaded.feature === "linking") unlink(binary);
    return loaded;
  }

  function unlink(wasm: Uint8Array): void {
    const names = WebAssembly.Module.imports(new WebAssembly.Module(wasm)).map(({ module }) => module);
    for (const name of names) {
      const linked = registered.get(name);
      if (linked !== undefined) Object.assign(linked, { kind: "unusable", feature: "linking" });
    }
  }

  function act(action: SuiteAction | undefined, judge: (outcome: Outcome) => Verdict): Verdicts {
    if (action === undefined) return { failed: "the command has no action" };
    const target = action.module === undefined ? latest : modules.get(action.module);
    if (target === undefined) return { failed: `there is no module ${action.module ?? "before it"}` };
    if (target.kind === "unusable") return { notApplicable: target.feature };
    if (target.kind === "refused") return { failed: `its module was refused: ${target.message}` };
    if (target.cutExports?.has(action.field) === true) return { notApplicable: REFERENCES };
    const native = perform(target.native, action);
    const interpreter = perform(target.interpreter, action);
    if (native === undefined || interpreter === undefined)
      return { failed: `nothing to ${action.type} is exported as ${JSON.stringify(action.field)}` };
    return judgeBoth(native, interpreter, judge);
  }

  function run(command: Command): Verdicts {
    switch (command.type) {
      case "module": {
        latest = load(command);
        if (command.name !== undefined) modules.set(command.name, latest);
        if (latest.kind === "unusable") return { notApplicable: latest.feature };
        if (latest.kind === "refused") return { failed: latest.message };
        const started = judgeBoth(latest.native.start(), latest.interpreter.start(), returned);
        return latest.cutExports === undefined ? started : { notApplicable: REFERENCES };
      }
      case "action":
        return act(command.action, returned);
      case "assert_return":
        return act(command.action, (outcome) => {
          const failed = returned(outcome);
          if (!("passed" in failed)) return failed;
          const expected = command.expected ?? [];
          const isSame =
            expected.length === outcome.results.length &&
            expected.every((value, index) => isExpected(value, outcome.results[index] ?? 0n));
          return isSame
            ? { passed: true }
            : { failed: `gave ${show(outcome.results)} instead of ${JSON.stringify(expected)}` };
        });
      case "assert_trap":
        return act(command.action, (outcome) => trapped(outcome, command.text ?? ""));
      case "assert_exhaustion":
        return act(command.action, ({ status }) =>
          status === STACK_EXHAUSTED ? { passed: true } : { failed: `ended with status ${status}` },
        );
      case "assert_invalid":
      case "assert_malformed":
      case "assert_unlinkable":
        return refused(load(command), command);
      case "assert_uninstantiable": {
        const loaded = load(command);
        if (loaded.kind !== "ready") return refused(loaded, command);
        return judgeBoth(loaded.native.start(), loaded.interpreter.start(), (outcome) =>
          trapped(outcome, command.text ?? ""),
        );
      }
      default:
        return command.action !== undefined && latest?.kind === "unusable"
          ? { notApplicable: latest.feature }
          : { failed: `the command ${command.type} is not known` };
    }
  }

  const judged: Judged[] = [];
  for (const command of file.commands) {
    const { type, line } = command;
    if (type === "register") {
      const target = command.name === undefined ? latest : modules.get(command.name);
      registered.set(command.as ?? "", target);
      continue;
    }
    if (command.module_type === "text" && type !== "module") {
      textOnly += 1;
      continue;
    }
    const verdicts = guard(() => run(command));
    const both = "native" in verdicts ? verdicts : { native: verdicts, interpreter: verdicts };
    judged.push({ file: file.name, line, type, ...both });
  }
  return { judged, textOnly };
}

/** What throws is a failure of that one command. */
function guard(run: () => Verdicts): Verdicts {
  try {
    return run();
  } catch (error) {
    return { failed: `threw ${error instanceof Error ? (error.stack ?? error.message) : String(error)}` };
  }
}

function perform(instance: Instance, action: SuiteAction): Outcome | undefined {
  if (action.type === "invoke") return instance.invoke(action.field, (action.args ?? []).map(bitsOf));
  const bits = instance.get(action.field);
  return bits === undefined ? undefined : { status: 1, results: [bits], fuelUsed: 0n };
}

function judgeBoth(native: Outcome, interpreter: Outcome, judge: (outcome: Outcome) => Verdict): Verdicts {
  const differs = difference(native, interpreter);
  const verdict = (outcome: Outcome): Verdict => {
    const judged = judge(outcome);
    return "passed" in judged && differs !== undefined ? { failed: differs } : judged;
  };
  return { native: verdict(native), interpreter: verdict(interpreter) };
}

function returned({ status }: Outcome): Verdict {
  return status === 1 ? { passed: true } : { failed: `ended with status ${status}` };
}

function trapped({ status }: Outcome, text: string): Verdict {
  return isTrap(status, text)
    ? { passed: true }
    : { failed: `ended with status ${status} instead of "${text}"` };
}

function refused(loaded: Loaded, { type, text }: Command): Verdict {
  // Whatever it is refused for, it is refused; only what needs another module says nothing.
  if (loaded.kind === "unusable" && loaded.feature === "linking") return { notApplicable: loaded.feature };
  if (loaded.kind === "unusable" || isRefusal(loaded)) return { passed: true };
  const what = loaded.kind === "ready" ? "was accepted" : loaded.message;
  return { failed: `${type} "${text ?? ""}": ${what}` };
}
