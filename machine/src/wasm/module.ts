import type { FunctionType } from "./types.ts";

/** A value that a module's constant expression gives: a constant, or an imported global's value. */
export type ConstantExpression =
  { kind: "value"; type: number; bits: bigint } | { kind: "global"; index: number; offset: number };

export type Limits = { min: number; max: number | undefined };

export interface GlobalType {
  type: number;
  isMutable: boolean;
}

/** What an import or export is. */
export type EntityKind = "function" | "table" | "memory" | "global" | "tag";

/** One import of a module; `offset` is where it stands. */
export interface ModuleImport {
  module: string;
  name: string;
  offset: number;
  kind: EntityKind;
  /** A function's type index, a global's type or the limits of a table or memory. */
  typeIndex: number;
  global: GlobalType | undefined;
  limits: Limits | undefined;
}

/** One export of a module; `offset` is where it stands. */
export interface ModuleExport {
  name: string;
  kind: EntityKind;
  index: number;
  offset: number;
}

/** Where a function's code stands: from its local declarations to behind its last `end`. */
export interface FunctionBody {
  start: number;
  end: number;
}

export interface ElementSegment {
  mode: "active" | "passive" | "declarative";
  /** Undefined unless active. */
  tableOffset: ConstantExpression | undefined;
  /** Function indices; null where the entry is a null reference. */
  functions: (number | null)[];
  offset: number;
}

export interface DataSegment {
  /** Undefined for a passive segment. */
  memoryOffset: ConstantExpression | undefined;
  bytes: Uint8Array;
  offset: number;
}

/** A decoded module. Index spaces begin with the imports of their kind, as in the format. */
export interface Module {
  bytes: Uint8Array;
  types: FunctionType[];
  imports: ModuleImport[];
  /** Type indices of all functions, imported ones first. */
  functions: number[];
  importedFunctions: number;
  table: (Limits & { offset: number }) | undefined;
  memory: (Limits & { offset: number }) | undefined;
  /** All globals; the initial value of an imported one is undefined. */
  globals: (GlobalType & { initial: ConstantExpression | undefined; offset: number })[];
  importedGlobals: number;
  exports: ModuleExport[];
  start: number | undefined;
  elements: ElementSegment[];
  dataCount: number | undefined;
  bodies: FunctionBody[];
  data: DataSegment[];
}
