import { ByteWriter } from "../encode/byte-writer.ts";
import { I32, typeKey } from "../wasm/types.ts";
import type { FunctionType } from "../wasm/types.ts";

const VOID = -64;

/** The types of the instrumented module, numbered as they are asked for. */
export class NativeTypes {
  private readonly types: FunctionType[] = [];
  private readonly numbers = new Map<string, number>();

  /** The number of exactly this type. */
  plain(type: FunctionType): number {
    const key = typeKey(type);
    const known = this.numbers.get(key);
    if (known !== undefined) return known;
    this.numbers.set(key, this.types.length);
    return this.types.push(type) - 1;
  }

  /** The number of a function's type with its fp as the last parameter. */
  function({ params, results }: FunctionType): number {
    return this.plain({ params: [...params, I32], results });
  }

  /** A block's type as it is encoded, a signed number. */
  block(type: FunctionType): number {
    const [result] = type.results;
    if (type.params.length > 0 || type.results.length > 1) return this.plain(type);
    return result === undefined ? VOID : result - 128;
  }

  /** The content of the type section. */
  encode(): ByteWriter {
    const out = new ByteWriter();
    out.u32(this.types.length);
    for (const { params, results } of this.types) {
      out.byte(0x60);
      for (const list of [params, results]) {
        out.u32(list.length);
        out.bytes(list);
      }
    }
    return out;
  }
}
