/** Small faults put into the contracts, one at a time, found in the compiler's syntax tree. */
import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";

/** One fault: `replacement` stands for `length` bytes from `start` on. */
export interface Mutant {
  /** path below the repository */
  file: string;
  line: number;
  operator: string;
  start: number;
  length: number;
  original: string;
  replacement: string;
}

interface AstNode {
  nodeType: string;
  src: string;
  [key: string]: unknown;
}

const COMPARISONS: Record<string, string[]> = {
  "<": ["<=", ">="],
  "<=": ["<", ">"],
  ">": [">=", "<="],
  ">=": [">", "<"],
  "==": ["!="],
  "!=": ["=="],
};
const ARITHMETIC: Record<string, string[]> = {
  "+": ["-"],
  "-": ["+"],
  "*": ["/"],
  "/": ["*"],
  "%": ["*"],
  "&": ["|"],
  "|": ["&"],
  "<<": [">>"],
  ">>": ["<<"],
  "&&": ["||"],
  "||": ["&&"],
};
const ASSIGNMENTS: Record<string, string[]> = { "+=": ["-="], "-=": ["+="], "|=": ["="], "&=": ["="] };

/**
 * Every mutant of every contract that has code, in the order of files and positions.
 *
 * @param folder the sources, built there once and not changed since
 * @throws Error if the contracts were not built
 */
export async function findMutants(folder: string): Promise<Mutant[]> {
  const buildInfo = join(folder, "artifacts/build-info");
  const trees = new Map<string, AstNode>();
  for (const name of await readdir(buildInfo)) {
    if (!name.endsWith(".output.json")) continue;
    const { output } = JSON.parse(await readFile(join(buildInfo, name), "utf8")) as {
      output: { sources: Record<string, { ast: AstNode }> };
    };
    for (const [source, { ast }] of Object.entries(output.sources))
      if (source.startsWith("project/contracts/")) trees.set(source.slice("project/".length), ast);
  }
  if (trees.size === 0)
    throw new Error("There is no build to take the syntax trees from. Run: hardhat build");
  const mutants: Mutant[] = [];
  for (const [file, ast] of [...trees].sort(([a], [b]) => a.localeCompare(b))) {
    const text = await readFile(join(folder, file));
    const found: Mutant[] = [];
    visit(ast, (node) => {
      for (const { operator, start, length, replacement } of mutationsOf(node, text)) {
        const original = text.subarray(start, start + length).toString();
        const line = text.subarray(0, start).toString().split("\n").length;
        found.push({ file, line, operator, start, length, original, replacement });
      }
    });
    mutants.push(...found.sort((a, b) => a.start - b.start));
  }
  return mutants;
}

type Change = Pick<Mutant, "operator" | "start" | "length" | "replacement">;

function visit(value: unknown, see: (node: AstNode) => void): void {
  if (Array.isArray(value)) for (const inner of value) visit(inner, see);
  else if (typeof value === "object" && value !== null) {
    if ("nodeType" in value && "src" in value) see(value as AstNode);
    for (const inner of Object.values(value)) visit(inner, see);
  }
}

function rangeOf(node: unknown): { start: number; length: number } {
  const [start = 0, length = 0] = (node as AstNode).src.split(":").map(Number);
  return { start, length };
}

function mutationsOf(node: AstNode, text: Buffer): Change[] {
  if (node.nodeType === "BinaryOperation") return operatorChanges(node, node["leftExpression"], text);
  if (node.nodeType === "Assignment") return operatorChanges(node, node["leftHandSide"], text);
  if (node.nodeType === "ExpressionStatement") return removedStatement(node, text);
  if (node.nodeType === "EmitStatement") return removed("effect removed", node, text);
  if (node.nodeType === "IfStatement") return negated(node["condition"], text);
  if (node.nodeType === "Literal" && node["kind"] === "number") return changedLiteral(node);
  if (node.nodeType === "ModifierInvocation" && node["kind"] === "modifierInvocation")
    return [{ operator: "modifier removed", ...rangeOf(node), replacement: "" }];
  return [];
}

/** The operator between two operands, exchanged for its relatives. */
function operatorChanges(node: AstNode, left: unknown, text: Buffer): Change[] {
  const operator = String(node["operator"]);
  const [name, relatives] =
    operator in COMPARISONS
      ? [operator === "==" || operator === "!=" ? "comparison" : "boundary", COMPARISONS[operator]]
      : ["arithmetic", ARITHMETIC[operator] ?? ASSIGNMENTS[operator]];
  const end = rangeOf(left).start + rangeOf(left).length;
  const start = text.indexOf(operator, end);
  return (relatives ?? []).map((replacement) => ({
    operator: name,
    start,
    length: operator.length,
    replacement,
  }));
}

/** A statement without its semicolon, which its range leaves out; what steps a loop has none and stays. */
function removed(operator: string, node: AstNode, text: Buffer): Change[] {
  const { start, length } = rangeOf(node);
  if (text[start + length] !== ";".charCodeAt(0)) return [];
  return [{ operator, start, length: length + 1, replacement: "{}" }];
}

function removedStatement(node: AstNode, text: Buffer): Change[] {
  const expression = node["expression"] as AstNode;
  const called = (expression["expression"] as { name?: string } | undefined)?.name;
  const operator =
    expression.nodeType === "FunctionCall" && called === "require" ? "require removed" : "effect removed";
  return removed(operator, node, text);
}

function negated(condition: unknown, text: Buffer): Change[] {
  // A comparison has its opposite among its relatives.
  if (String((condition as AstNode)["operator"]) in COMPARISONS) return [];
  const { start, length } = rangeOf(condition);
  const original = text.subarray(start, start + length).toString();
  return [{ operator: "comparison", start, length, replacement: `!(${original})` }];
}

function changedLiteral(node: AstNode): Change[] {
  const value = String(node["value"]);
  // A hexadecimal literal may be an address, and one with a unit keeps it.
  if (!/^\d+$/.test(value.replaceAll("_", ""))) return [];
  const { start } = rangeOf(node);
  const next = String(BigInt(value.replaceAll("_", "")) + 1n);
  return [{ operator: "constant", start, length: value.length, replacement: next }];
}

/** `count` different mutants, drawn by the seed (mulberry32); all of them if there are no more. */
export function draw(mutants: readonly Mutant[], count: number, seed: number): Mutant[] {
  let state = seed >>> 0;
  const random = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const pool = [...mutants];
  const drawn: Mutant[] = [];
  while (drawn.length < count && pool.length > 0)
    drawn.push(...pool.splice(Math.floor(random() * pool.length), 1));
  return drawn;
}
