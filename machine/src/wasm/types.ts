/** Value types by their byte in the binary format; 0 stands for the unknown type of unreachable code. */
export const I32 = 0x7f;
export const I64 = 0x7e;
export const F32 = 0x7d;
export const F64 = 0x7c;
export const FUNCREF = 0x70;
export const UNKNOWN = 0;

/** A function's parameters and results, by their bytes. */
export interface FunctionType {
  params: readonly number[];
  results: readonly number[];
}

const NAMES = new Map([
  [I32, "i32"],
  [I64, "i64"],
  [F32, "f32"],
  [F64, "f64"],
  [FUNCREF, "funcref"],
  [UNKNOWN, "any"],
]);

/** The name of a value type. */
export function typeName(type: number): string {
  return NAMES.get(type) ?? `0x${type.toString(16)}`;
}

/** Whether both are of the same shape. */
export function sameType(a: FunctionType, b: FunctionType): boolean {
  return typeKey(a) === typeKey(b);
}

/** A text that two function types share if and only if they are the same. */
export function typeKey({ params, results }: FunctionType): string {
  return `${params.join()}>${results.join()}`;
}

/** Whether a type is one of the two float types. */
export function isFloat(type: number): boolean {
  return type === F32 || type === F64;
}
