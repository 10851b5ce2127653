import { F32, F64, get, I32, I64, op } from "../../../machine/src/encode/instructions.ts";
import type { Code, ValueType } from "../../../machine/src/encode/instructions.ts";
import { encodeModule, type FunctionDefinition } from "../../../machine/src/encode/module.ts";
import { numericOperations } from "../../../machine/src/interpret/numeric.ts";
import type { NumericOperation } from "../../../machine/src/interpret/numeric.ts";
import { status } from "../../../machine/src/status.ts";

/** The instructions that take or give a float and are no mere copy of its bits. */
export const floatOperations: readonly NumericOperation[] = numericOperations.filter(
  ({ opcode, params, result }) =>
    (opcode < 0xbc || opcode > 0xbf) &&
    [...params, result].some((type): boolean => type === F32 || type === F64),
);

const fromSlot: Readonly<Record<ValueType, Code>> = {
  [I32]: [op.i32WrapI64],
  [I64]: [],
  [F32]: [op.i32WrapI64, op.f32ReinterpretI32],
  [F64]: [op.f64ReinterpretI64],
};
const toSlot: Readonly<Record<ValueType, Code>> = {
  [I32]: [op.i64ExtendI32U],
  [I64]: [],
  [F32]: [op.i32ReinterpretF32, op.i64ExtendI32U],
  [F64]: [op.i64ReinterpretF64],
};

const nans = {
  [F32]: { signBit: 1n << 31n, infinity: 0x7f800000n, canonical: 0x7fc00000n },
  [F64]: { signBit: 1n << 63n, infinity: 0x7ff0000000000000n, canonical: 0x7ff8000000000000n },
} as const;

function canonicalise(type: ValueType, bits: bigint): bigint {
  if (type !== F32 && type !== F64) return bits;
  const { signBit, infinity, canonical } = nans[type];
  return (bits & (signBit - 1n)) > infinity ? canonical : bits;
}

/** What V8's own instruction gives for the bits of operands: the trap's status in the upper 64 bits, the slot in the lower ones. */
export type NativeInstruction = (a: bigint, b: bigint) => bigint;

/** Each float instruction as a function that V8 compiles, by opcode. Computed NaNs are made canonical. */
export function compileInV8(): ReadonlyMap<number, NativeInstruction> {
  const functions = floatOperations.map(({ opcode, params, result }): FunctionDefinition => ({
    params: [I64, I64],
    results: [I64],
    locals: [],
    exportName: `op${opcode}`,
    body: [
      params.map((type, index) => [get(index), fromSlot[type]]),
      opcode >= 0xd0 ? [0xfc, opcode - 0xd0] : opcode,
      toSlot[result],
    ],
  }));
  const memory = new WebAssembly.Memory({ initial: 1 });
  const module = new WebAssembly.Module(new Uint8Array(encodeModule(functions, 1)));
  const { exports } = new WebAssembly.Instance(module, { host: { memory } });
  return new Map(
    floatOperations.map(({ opcode, result, computesNan }) => {
      const instruction = exports[`op${opcode}`] as NativeInstruction;
      return [
        opcode,
        (a, b) => {
          try {
            const bits = BigInt.asUintN(64, instruction(a, b));
            return computesNan ? canonicalise(result, bits) : bits;
          } catch (error) {
            if (!(error instanceof WebAssembly.RuntimeError)) throw error;
            return BigInt(status.noSuchInteger) << 64n;
          }
        },
      ];
    }),
  );
}
