/** A lowered function: what lowering gives and the interpreter runs (docs/machine.md). */
export interface Program {
  /** 16 bytes an instruction, without trailing zeros. */
  code: Uint8Array;
  /** Where a call begins: an entry stub that runs the module's start function, if any, then `_start`, then HALT with code 0. */
  entryPc: number;
  /** fp at the entry: the first slot after tables and globals. */
  frameBase: number;
  /** Initial slots 0 … frameBase − 1 (tables, globals), 8 bytes each, little-endian. The rest is 0. */
  slots: Uint8Array;
  /** Initial and largest size of the memory, in pages of 64 KiB. */
  pages: number;
  maxPages: number;
  /** Initial memory: active data segments, in order; later ones win where they overlap. */
  segments: readonly { offset: number; bytes: Uint8Array }[];
  /** Passive data segments, one after the other. */
  data: Uint8Array;
  /** What a runtime runs: it stands in the data space, at `SCRIPT_ADDRESS`. */
  script?: Uint8Array;
  /** For test suites: every exported function by its name; params and results are value types 0x7f … 0x7c. */
  exports: ReadonlyMap<string, { pc: number; params: readonly number[]; results: readonly number[] }>;
  /** Exported globals: their slot and value type. */
  exportedGlobals: ReadonlyMap<string, { slot: number; type: number }>;
  /** An instruction HALT to which a call of an export returns. */
  haltPc: number;
}
