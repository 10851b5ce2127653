import type { Module } from "../wasm/module.ts";
import { overLimit } from "../wasm/refuse.ts";
import { SCRIPT_ADDRESS } from "../data-space.ts";
import { I32 } from "../wasm/types.ts";
import { writeTableCopy, writeTableInit } from "./internal.ts";
import { newScope } from "./link.ts";
import type { LinkedFunction, Linker } from "./link.ts";
import { NativeTypes } from "./native-types.ts";

const MAX_TABLE = 2 ** 16;
/** Behind it stands the script. */
const MAX_DATA = SCRIPT_ADDRESS;

/** Where everything of the user's module stands, in the slots and in the instrumented module. */
export class Layout {
  readonly linker: Linker;
  readonly nativeTypes = new NativeTypes();
  /** The user's table and the hidden one with the entries of passive segments: first slot and entries. */
  readonly tables: readonly { first: number; length: number }[];
  /** Slot of the first linked global. */
  readonly globalsFirst: number;
  /** For each data segment where its bytes begin in the data space; 0 for active ones. */
  readonly dataOffsets: readonly number[];
  /** For each element segment where its entries begin in the hidden table; 0 for others than passive ones. */
  readonly elementOffsets: readonly number[];
  /** Passive data segments, one after the other. */
  readonly dataBytes: number;
  private readonly dataLengths = new Map<number, number>();
  private readonly elementLengths = new Map<number, number>();
  private copyFunction: LinkedFunction | undefined;
  private initFunction: LinkedFunction | undefined;

  /** @throws MachineError `limit` */
  constructor(linker: Linker) {
    const { module } = linker.user;
    this.linker = linker;
    const [elementOffsets, entries] = offsets(module.elements, (segment) =>
      segment.mode === "passive" ? segment.functions.length : 0,
    );
    const [dataOffsets, dataBytes] = offsets(module.data, ({ memoryOffset, bytes }) =>
      memoryOffset === undefined ? bytes.length : 0,
    );
    this.elementOffsets = elementOffsets;
    this.dataOffsets = dataOffsets;
    this.dataBytes = dataBytes;
    const length = module.table?.min ?? 0;
    if (length + entries > MAX_TABLE)
      throw overLimit(
        `its table has ${length + entries} entries, at most ${MAX_TABLE} fit`,
        module.table?.offset,
      );
    if (dataBytes > MAX_DATA)
      throw overLimit(`its passive data is ${dataBytes} bytes, at most ${MAX_DATA} fit`);
    this.tables = [
      { first: 0, length },
      { first: length, length: entries },
    ];
    this.globalsFirst = length + entries;
  }

  private get module(): Module {
    return this.linker.user.module;
  }

  /** The linked global that holds how much of a data segment is left. */
  dataLength(segment: number): number {
    const data = this.module.data[segment];
    const length = data?.memoryOffset === undefined ? (data?.bytes.length ?? 0) : 0;
    return this.counter(this.dataLengths, segment, length);
  }

  /** The linked global that holds how much of an element segment is left. */
  elementLength(segment: number): number {
    const element = this.module.elements[segment];
    const length = element?.mode === "passive" ? element.functions.length : 0;
    return this.counter(this.elementLengths, segment, length);
  }

  private counter(known: Map<number, number>, segment: number, length: number): number {
    const found =
      known.get(segment) ?? this.linker.addGlobal({ type: I32, isMutable: true, bits: BigInt(length) });
    known.set(segment, found);
    return found;
  }

  tableCopy(): LinkedFunction {
    this.copyFunction ??= this.internal(writeTableCopy(this.tables[0]?.length ?? 0));
    return this.copyFunction;
  }

  tableInit(): LinkedFunction {
    this.initFunction ??= this.internal(writeTableInit(this.tables[0]?.length ?? 0));
    return this.initFunction;
  }

  private internal(module: Module): LinkedFunction {
    const added = this.linker.functionAt(newScope(module, "internal"), 0);
    if (added.kind !== "function") throw new Error("An internal function is a function.");
    return added;
  }
}

function offsets<T>(segments: readonly T[], length: (segment: T) => number): [number[], number] {
  let total = 0;
  const starts = segments.map((segment) => {
    const start = total;
    total += length(segment);
    return start;
  });
  return [starts, total];
}
