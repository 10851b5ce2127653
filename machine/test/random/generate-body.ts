import { EDGES, OPERATIONS } from "../paths/operations.ts";
import type { TypeName } from "../paths/types.ts";
import type { Choices } from "./choices.ts";
import type { FunctionShape, ModuleShape } from "./generate-module.ts";

const NUMBERS: TypeName[] = ["i32", "i64", "f32", "f64"];
const DEEPEST = 6;
/** How many values at the end of the float types' edges are NaN. */
const NAN_COUNT = 5;
const LOADS: [string, TypeName][] = [
  ["i32.load", "i32"],
  ["i64.load", "i64"],
  ["f32.load", "f32"],
  ["f64.load", "f64"],
  ...["8_s", "8_u", "16_s", "16_u"].map((size): [string, TypeName] => [`i32.load${size}`, "i32"]),
  ...["8_s", "8_u", "16_s", "16_u", "32_s", "32_u"].map((size): [string, TypeName] => [
    `i64.load${size}`,
    "i64",
  ]),
];
const STORES: [string, TypeName][] = [
  ...NUMBERS.map((type): [string, TypeName] => [`${type}.store`, type]),
  ["i32.store8", "i32"],
  ["i32.store16", "i32"],
  ["i64.store8", "i64"],
  ["i64.store16", "i64"],
  ["i64.store32", "i64"],
];

/** A function's body, one line an instruction, for a list of choices; it ends when the choices are used up. */
export function generateBody(
  choices: Choices,
  shape: ModuleShape,
  index: number,
  locals: TypeName[],
): string[] {
  const own = shape.functions[index] ?? { params: [], results: [] };
  const variables = [...own.params, ...locals];
  const code: string[] = [];
  /** What a jump to each label takes, the innermost last. */
  const labels: TypeName[][] = [own.results];

  function constant(type: TypeName): void {
    // The NaNs stand last; among so many numbers they would be rare.
    const isNaN = type.startsWith("f") && choices.chance(3);
    const bits = choices.pick(isNaN ? EDGES[type].slice(-NAN_COUNT) : EDGES[type]);
    if (type === "i32" || type === "i64") code.push(`${type}.const ${bits}`);
    else
      code.push(
        `${type === "f32" ? "i32" : "i64"}.const ${bits}`,
        `${type}.reinterpret_${type === "f32" ? "i32" : "i64"}`,
      );
  }

  function push(type: TypeName): void {
    const from = variables.flatMap((variable, at) => (variable === type ? [at] : []));
    if (from.length > 0 && !choices.chance(3)) code.push(`local.get ${choices.pick(from)}`);
    else if (choices.chance(3)) code.push(`global.get $g${shape.globals.indexOf(type)}`);
    else constant(type);
  }

  /** An address that mostly lies in the memory, a table index that mostly lies in the table. */
  function index32(mask: number): void {
    push("i32");
    if (!choices.chance(8)) code.push(`i32.const ${mask}`, "i32.and");
  }

  function jumpTarget(): { depth: number; types: TypeName[] } {
    const depth = choices.below(labels.length);
    return { depth, types: labels[labels.length - 1 - depth] ?? [] };
  }

  /** Instructions of one block, from the values in `stack` to exactly `results`. */
  function block(stack: TypeName[], results: TypeName[]): void {
    const most = 3 + choices.below(20);
    for (let left = most; left > 0 && !choices.isUsedUp(); left -= 1) {
      if (isLast(stack)) {
        dead();
        return;
      }
      step(stack);
    }
    while (stack.some((type, at) => results[at] !== type)) {
      stack.pop();
      code.push("drop");
    }
    for (const type of results.slice(stack.length)) push(type);
  }

  /** Sometimes leaves the block; what follows is never reached. */
  function isLast(stack: TypeName[]): boolean {
    if (!choices.chance(24)) return false;
    const { depth, types } = jumpTarget();
    switch (choices.below(4)) {
      case 0:
        types.forEach(push);
        code.push(`br ${depth}`);
        break;
      case 1:
        own.results.forEach(push);
        code.push("return");
        break;
      case 2: {
        const same = labels.flatMap((label, at) =>
          String(label) === String(types) ? [labels.length - 1 - at] : [],
        );
        types.forEach(push);
        index32(7);
        const targets = Array.from({ length: 1 + choices.below(4) }, () => choices.pick(same));
        code.push(`br_table ${targets.join(" ")}`);
        break;
      }
      default:
        code.push("unreachable");
    }
    stack.length = 0;
    return true;
  }

  /** Code that is never reached, but must be valid: its operands come from nowhere. */
  function dead(): void {
    if (choices.chance(3)) code.push("i32.add", "i64.extend_i32_s", "drop");
    if (choices.chance(4)) code.push("block", "memory.size", "br_if 0", "br 0", "end");
    code.push("unreachable");
  }

  function enclosed(stack: TypeName[]): void {
    const taken = stack.splice(stack.length - choices.below(Math.min(stack.length, 3) + 1));
    const results = Array.from({ length: choices.below(3) }, () => choices.pick(NUMBERS));
    const type = `(param ${taken.join(" ")}) (result ${results.join(" ")})`;
    const kind = choices.pick(["block", "loop", "if"]);
    if (kind === "if") push("i32");
    code.push(`${kind} ${type}`);
    labels.push(kind === "loop" ? taken : results);
    block([...taken], results);
    const isSame = String(taken) === String(results);
    if (kind === "if" && (!isSame || choices.chance(2))) {
      code.push("else");
      block([...taken], results);
    }
    labels.pop();
    code.push("end");
    stack.push(...results);
  }

  function step(stack: TypeName[]): void {
    const top = stack.at(-1);
    switch (choices.below(20)) {
      case 0:
      case 1: {
        const type = choices.pick(NUMBERS);
        push(type);
        stack.push(type);
        break;
      }
      case 2:
      case 3: {
        const at = variables.flatMap((type, place) => (type === top ? [place] : []));
        if (at.length === 0) break;
        const kind = choices.pick(["set", "tee"]);
        code.push(`local.${kind} ${choices.pick(at)}`);
        if (kind === "set") stack.pop();
        break;
      }
      case 4: {
        if (top === undefined) break;
        code.push(`global.set $g${top === "i32" ? choices.pick([0, 4]) : shape.globals.indexOf(top)}`);
        stack.pop();
        break;
      }
      case 5: {
        if (labels.length <= DEEPEST) enclosed(stack);
        break;
      }
      case 6: {
        const { depth, types } = jumpTarget();
        types.forEach(push);
        push("i32");
        code.push(`br_if ${depth}`);
        stack.push(...types);
        break;
      }
      case 7: {
        const [name, type] = choices.pick(LOADS);
        index32(0xfff);
        code.push(`${name} offset=${choices.pick([0, 1, 4, 65_528])}`);
        stack.push(type);
        break;
      }
      case 8: {
        const [name, type] = choices.pick(STORES);
        index32(0xfff);
        push(type);
        code.push(`${name} offset=${choices.pick([0, 1, 4, 65_528])}`);
        break;
      }
      case 9: {
        call(stack);
        break;
      }
      case 10: {
        bulk(stack);
        break;
      }
      case 11: {
        if (top === undefined || !choices.chance(2)) break;
        push(top);
        push("i32");
        code.push("select");
        break;
      }
      default:
        operate(stack);
    }
  }

  /** A numeric instruction; its last operands may be on the stack already. */
  function operate(stack: TypeName[]): void {
    const top = stack.at(-1);
    const fitting = OPERATIONS.filter(({ params }) => params[0] === top && params.at(-1) === top);
    const { name, params, result } = choices.pick(
      fitting.length > 0 && !choices.chance(5) ? fitting : OPERATIONS,
    );
    const isAbove = params.every((type, at) => stack[stack.length - params.length + at] === type);
    if (isAbove) stack.length -= params.length;
    else if (params.length === 2 && params[0] === top) {
      stack.pop();
      push(params[1] ?? "i32");
    } else params.forEach(push);
    code.push(name);
    stack.push(result);
  }

  function call(stack: TypeName[]): void {
    const callee = choices.below(shape.functions.length);
    const { params, results } = shape.functions[callee] as FunctionShape;
    params.forEach(push);
    if (choices.chance(3)) {
      index32(7);
      code.push(`call_indirect (type $t${callee})`);
    } else code.push(`call $f${callee}`);
    stack.push(...results);
  }

  function bulk(stack: TypeName[]): void {
    const name = choices.pick([
      ...["memory.size", "memory.grow", "memory.fill", "memory.copy", "memory.init $d", "data.drop $d"],
      ...["table.copy", "table.init $e", "elem.drop $e"],
    ]);
    if (name.startsWith("table")) [7, 7, 3].forEach(index32);
    else if (name === "memory.init $d") [0xfff, 15, 7].forEach(index32);
    else if (name === "memory.fill" || name === "memory.copy") [0xfff, 0xfff, 0x3f].forEach(index32);
    else if (name === "memory.grow") index32(1);
    code.push(name);
    if (name === "memory.size" || name === "memory.grow") stack.push("i32");
  }

  block([], own.results);
  return code;
}
