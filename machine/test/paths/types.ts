/** The number types by name, as the binary format writes them. */
export const TYPES = { i32: 0x7f, i64: 0x7e, f32: 0x7d, f64: 0x7c } as const;

/** The name of a number type. */
export type TypeName = keyof typeof TYPES;
