import { OP } from "../wasm/opcodes.ts";
import { invalid } from "../wasm/refuse.ts";
import { I32 } from "../wasm/types.ts";
import type { FunctionType } from "../wasm/types.ts";
import { NATIVE } from "./instrument.ts";
import type { Intrinsic } from "./intrinsics.ts";
import { WalkValues } from "./walk-values.ts";

/** Walks calls. */
export abstract class WalkCalls extends WalkValues {
  protected call(index: number): void {
    const { scope } = this.linked;
    const typeIndex = scope.module.functions[index];
    const type = scope.module.types[typeIndex ?? -1];
    if (type === undefined) throw invalid(`there is no function ${index}`, this.at);
    this.prepareArguments(type);
    if (this.isLive) {
      const target = this.layout.linker.functionAt(scope, index);
      if (target.kind === "function") this.emitCall(target);
      else this.intrinsic(target);
    }
    this.operands.pushAll(type.results);
  }

  protected prepareArguments(type: FunctionType): void {
    this.canonicaliseTop(Math.min(type.params.length, this.available()));
    this.operands.popAll(type.params, this.at);
  }

  protected intrinsic({ kind, op, space }: Intrinsic): void {
    const { lower, native } = this;
    if (kind === "load") lower.load(op, space, 0);
    else if (kind === "store") lower.store(op, space, 0);
    else if (kind === "fuel") lower.fuel();
    else if (kind === "inputLength") lower.inputLength();
    else if (kind === "grow") lower.memoryGrow();
    else lower.halt();
    if (kind === "load" || kind === "store") native.memoryAccess(op, { align: 0, offset: 0, space });
    else if (kind === "fuel") native.indexed(OP.globalGet, 0);
    else if (kind === "inputLength") native.inputLength();
    else native.callNative(kind === "grow" ? NATIVE.grow : NATIVE.halt);
  }

  protected callIndirect(): void {
    const { reader, operands, layout } = this;
    const typeIndex = reader.u32();
    const table = reader.u32();
    const { module } = this.linked.scope;
    if (module.table === undefined || table > 0) throw invalid(`there is no table ${table}`, this.at);
    const type = module.types[typeIndex];
    if (type === undefined) throw invalid(`there is no type ${typeIndex}`, this.at);
    operands.pop(I32, this.at);
    this.prepareArguments(type);
    if (this.isLive) {
      const typeId = layout.linker.typeId(type);
      const shift = this.frame.base + this.lower.height - 1 - type.params.length;
      this.native.callIndirect(layout.nativeTypes.function(type), shift);
      this.lower.callIndirect(typeId, type, layout.tables[0]?.length ?? 0);
    }
    operands.pushAll(type.results);
  }
}
