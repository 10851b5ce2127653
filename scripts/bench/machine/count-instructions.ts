/** How many instructions of WebAssembly a program executes: counted by the program itself, in V8. */
import wabt from "wabt";
import { stdinFor } from "./kernels.ts";
import type { Kernel } from "./kernels.ts";
import { runPlain } from "./plain.ts";

/** What only marks a place and does nothing. */
const MARKS = new Set(["block", "loop", "end", "else", "nop"]);
/** Behind these another straight line of instructions begins, since it may be left or entered there. */
const BORDERS = new Set([
  ...["block", "loop", "if", "else", "end", "br", "br_if", "br_table", "return", "unreachable"],
  ...["call", "call_indirect"],
]);
const COUNTER = "$executed";

/** Runs the kernel with `turns` turns and counts; markers of blocks do not count. */
export async function countInstructions({ wasm }: Kernel, turns: number): Promise<bigint> {
  const tool = await wabt();
  const module = tool.readWasm(wasm, { readDebugNames: false });
  module.generateNames();
  module.applyNames();
  const lines = module.toText({ foldExprs: false, inlineExport: false }).split("\n");
  const counting = tool.parseWat("counting.wat", insertCounts(lines).join("\n"));
  const counted = new WebAssembly.Module(counting.toBinary({}).buffer);
  module.destroy();
  counting.destroy();
  let executed = 0n;
  runPlain({
    ...{ module: counted, stdin: stdinFor(turns) },
    inspect: (exports) => (executed = (exports["executed"] as { value: bigint }).value),
  });
  return executed;
}

function insertCounts(lines: readonly string[]): string[] {
  const out: string[] = [];
  let straight: string[] = [];
  let isInFunction = false;
  const flush = (): void => {
    const count = straight.filter((line) => !MARKS.has(wordOf(line))).length;
    if (count > 0) out.push(`global.get ${COUNTER} i64.const ${count} i64.add global.set ${COUNTER}`);
    out.push(...straight);
    straight = [];
  };
  for (const line of lines) {
    if (/^ {2}\(/.test(line)) isInFunction = line.startsWith("  (func ");
    const isInstruction = isInFunction && /^ {4,}[a-z]/.test(line);
    if (!isInstruction) {
      flush();
      out.push(line);
      continue;
    }
    const { instruction, closing } = splitEnd(line);
    straight.push(instruction);
    if (BORDERS.has(wordOf(line)) || closing !== "") flush();
    if (closing !== "") out.push(closing);
  }
  return withCounter(out);
}

/** A line's instruction, and the brackets behind the last one of a function that end the function or the module. */
function splitEnd(line: string): { instruction: string; closing: string } {
  const code = line.replace(/ \(;.*?;\)/g, "");
  const surplus = code.split(")").length - code.split("(").length;
  return {
    instruction: surplus > 0 ? code.slice(0, -surplus) : code,
    closing: ")".repeat(Math.max(0, surplus)),
  };
}

/** Declares and exports the counter right behind the types and imports. */
function withCounter(lines: string[]): string[] {
  const at = lines.findIndex((line) => /^ {2}\((func|table|memory|global) /.test(line));
  return [
    ...lines.slice(0, at),
    `  (global ${COUNTER} (export "executed") (mut i64) (i64.const 0))`,
    ...lines.slice(at),
  ];
}

function wordOf(line: string): string {
  return /[a-z_0-9.]+/.exec(line)?.[0] ?? "";
}
