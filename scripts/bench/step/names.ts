/** Names of the machine's opcodes (docs/machine.md, "Instructions"). */
const COMPARISONS = "eq ne lt_s lt_u gt_s gt_u le_s le_u ge_s ge_u";
const INTEGER =
  "clz ctz popcnt add sub mul div_s div_u rem_s rem_u and or xor shl shr_s shr_u rotl rotr";
const FLOAT_COMPARISONS = "eq ne lt gt le ge";
const FLOAT = "abs neg ceil floor trunc nearest sqrt add sub mul div min max copysign";
const TO_I32 = "trunc_f32_s trunc_f32_u trunc_f64_s trunc_f64_u";
const CONVERT = "convert_i32_s convert_i32_u convert_i64_s convert_i64_u";
const SATURATE = "trunc_sat_f32_s trunc_sat_f32_u trunc_sat_f64_s trunc_sat_f64_u";

/** First opcode, type before each name, names of this and the following opcodes. */
const ranges: readonly (readonly [first: number, type: string, names: string])[] = [
  [0x00, "", "TRAP ENTER CHARGE REFUND JZ HALT FUEL INLEN"],
  [0x0c, "", "JMP JNZ BRTABLE RET CALL CALLI"],
  [0x1b, "", "SELECT"],
  [0x20, "", "MOV"],
  [0x23, "", "GGET GSET TGET TSET"],
  [0x28, "", "i32.load i64.load f32.load f64.load"],
  [0x2c, "i32.", "load8_s load8_u load16_s load16_u"],
  [0x30, "i64.", "load8_s load8_u load16_s load16_u load32_s load32_u"],
  [0x36, "", "i32.store i64.store f32.store f64.store i32.store8 i32.store16"],
  [0x3c, "i64.", "store8 store16 store32"],
  [0x3f, "", "MEMSIZE MEMGROW CONST"],
  [0x45, "i32.", `eqz ${COMPARISONS}`],
  [0x50, "i64.", `eqz ${COMPARISONS}`],
  [0x5b, "f32.", FLOAT_COMPARISONS],
  [0x61, "f64.", FLOAT_COMPARISONS],
  [0x67, "i32.", INTEGER],
  [0x79, "i64.", INTEGER],
  [0x8b, "f32.", FLOAT],
  [0x99, "f64.", FLOAT],
  [0xa7, "i32.", `wrap_i64 ${TO_I32}`],
  [0xac, "i64.", `extend_i32_s extend_i32_u ${TO_I32}`],
  [0xb2, "f32.", `${CONVERT} demote_f64`],
  [0xb7, "f64.", `${CONVERT} promote_f32`],
  [0xbc, "", "i32.reinterpret_f32 i64.reinterpret_f64 f32.reinterpret_i32 f64.reinterpret_i64"],
  [0xc0, "i32.", "extend8_s extend16_s"],
  [0xc2, "i64.", "extend8_s extend16_s extend32_s"],
  [0xd0, "i32.", SATURATE],
  [0xd4, "i64.", SATURATE],
];

/** Every opcode that a lowering writes, with its name. */
export const opcodeNames: ReadonlyMap<number, string> = new Map(
  ranges.flatMap(([first, type, names]) =>
    names.split(" ").map((name, index): [number, string] => [first + index, type + name]),
  ),
);
