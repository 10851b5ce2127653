import type { ByteReader } from "./byte-reader.ts";
import { MachineError } from "./errors.ts";

const FUNCTION_TYPE = 0x60;
const FIRST_PLAIN_VALUE_TYPE = 0x6f;

/**
 * Checks that a module declares plain function types only. Types of garbage-collected objects would let a
 * program fill the host's heap past its memory limit.
 * @throws MachineError `unsupported-feature`
 */
export function checkTypes(reader: ByteReader | undefined): void {
  if (reader === undefined) return;
  const count = reader.count();
  for (let index = 0; index < count; index += 1) {
    const offset = reader.offset;
    if (reader.byte() !== FUNCTION_TYPE) throw unsupported("garbage-collected types", offset);
    const values = [...reader.slice(reader.count()), ...reader.slice(reader.count())];
    if (values.some((type) => type < FIRST_PLAIN_VALUE_TYPE)) throw unsupported("typed references", offset);
  }
}

/** The error for exceptions, whose values live on the host's heap too. */
export function exceptionsError(offset: number): MachineError {
  return unsupported("exceptions", offset);
}

function unsupported(feature: string, offset: number): MachineError {
  return new MachineError({
    code: "unsupported-feature",
    message: `The module uses ${feature}, which are not supported.`,
    nextStep:
      "Build without this WebAssembly proposal; C, C++, Rust, Go and AssemblyScript do so by default.",
    offset,
  });
}
