import { MEMORY, SATURATING } from "../wasm/opcodes.ts";
import { typeName } from "../wasm/types.ts";

/** The machine's own instructions by opcode (docs/machine.md). */
const OWN: Readonly<Record<number, string>> = {
  0x00: "TRAP",
  0x01: "ENTER",
  0x02: "CHARGE",
  0x03: "REFUND",
  0x04: "JZ",
  0x05: "HALT",
  0x06: "FUEL",
  0x07: "INLEN",
  0x0c: "JMP",
  0x0d: "JNZ",
  0x0e: "BRTABLE",
  0x0f: "RET",
  0x10: "CALL",
  0x11: "CALLI",
  0x1b: "SELECT",
  0x20: "MOV",
  0x23: "GGET",
  0x24: "GSET",
  0x25: "TGET",
  0x26: "TSET",
  0x3f: "MEMSIZE",
  0x40: "MEMGROW",
  0x41: "CONST",
};

const INTEGER_COMPARISONS = "eq ne lt_s lt_u gt_s gt_u le_s le_u ge_s ge_u";
const FLOAT_COMPARISONS = "eq ne lt gt le ge";
const INTEGER_OPERATIONS =
  "clz ctz popcnt add sub mul div_s div_u rem_s rem_u and or xor shl shr_s shr_u rotl rotr";
const FLOAT_OPERATIONS = "abs neg ceil floor trunc nearest sqrt add sub mul div min max copysign";
const TRUNCATIONS = "trunc_f32_s trunc_f32_u trunc_f64_s trunc_f64_u";
const CONVERSIONS = "convert_i32_s convert_i32_u convert_i64_s convert_i64_u";
const SATURATIONS = "trunc_sat_f32_s trunc_sat_f32_u trunc_sat_f64_s trunc_sat_f64_u";

/** First opcode, type of the result or operands, operations from there on. */
const NUMERIC: readonly [number, string, string][] = [
  [0x45, "i32", `eqz ${INTEGER_COMPARISONS}`],
  [0x50, "i64", `eqz ${INTEGER_COMPARISONS}`],
  [0x5b, "f32", FLOAT_COMPARISONS],
  [0x61, "f64", FLOAT_COMPARISONS],
  [0x67, "i32", INTEGER_OPERATIONS],
  [0x79, "i64", INTEGER_OPERATIONS],
  [0x8b, "f32", FLOAT_OPERATIONS],
  [0x99, "f64", FLOAT_OPERATIONS],
  [0xa7, "i32", `wrap_i64 ${TRUNCATIONS}`],
  [0xac, "i64", `extend_i32_s extend_i32_u ${TRUNCATIONS}`],
  [0xb2, "f32", `${CONVERSIONS} demote_f64`],
  [0xb7, "f64", `${CONVERSIONS} promote_f32`],
  [0xbc, "i32", "reinterpret_f32"],
  [0xbd, "i64", "reinterpret_f64"],
  [0xbe, "f32", "reinterpret_i32"],
  [0xbf, "f64", "reinterpret_i64"],
  [0xc0, "i32", "extend8_s extend16_s"],
  [0xc2, "i64", "extend8_s extend16_s extend32_s"],
  [SATURATING, "i32", SATURATIONS],
  [SATURATING + 4, "i64", SATURATIONS],
];

/** What each opcode is called, in docs/machine.md or in WebAssembly; undefined where there is no instruction. */
export const INSTRUCTION_NAMES: readonly (string | undefined)[] = (() => {
  const names: (string | undefined)[] = Array.from({ length: 256 }, (_unused, opcode) => OWN[opcode]);
  MEMORY.forEach((access, opcode) => {
    if (access !== undefined) names[opcode] = accessName(opcode);
  });
  for (const [first, type, operations] of NUMERIC)
    operations.split(" ").forEach((operation, index) => {
      names[first + index] = `${type}.${operation}`;
    });
  return names;
})();

function accessName(opcode: number): string | undefined {
  const access = MEMORY[opcode];
  if (access === undefined) return undefined;
  const type = typeName(access.type);
  const bits = 8 * 2 ** access.sizeLog2;
  const isNarrow = !type.endsWith(String(bits));
  // Loads of less than the type come in pairs, the signed one first.
  const sign = access.isLoad && isNarrow ? (opcode % 2 === 0 ? "_s" : "_u") : "";
  return `${type}.${access.isLoad ? "load" : "store"}${isNarrow ? bits : ""}${sign}`;
}
