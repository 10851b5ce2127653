/** Value types by their byte in the binary format. */
export interface ExportedFunction {
  pc: number;
  params: readonly number[];
  results: readonly number[];
}

/** A lowered function: what the machine runs (docs/machine.md). */
export interface Program {
  /** 16 bytes an instruction, without trailing zeros. */
  code: Uint8Array;
  /** Where a call begins: start function, if any, then `_start`, then exit 0. −1 in a module without `_start`. */
  entryPc: number;
  /** fp at the entry: the first slot after tables and globals. */
  frameBase: number;
  /** Initial slots 0 … frameBase−1 (tables, globals), 8 bytes each, little-endian. The rest is 0. */
  slots: Uint8Array;
  pages: number;
  maxPages: number;
  /** Initial memory: active data segments in order; later ones win where they overlap. */
  segments: readonly { offset: number; bytes: Uint8Array }[];
  /** Passive data segments, one after the other. */
  data: Uint8Array;
  /** An instruction that halts the machine; the link of a call from outside. */
  haltPc: number;
  /** The module's start function. */
  start: ExportedFunction | undefined;
  /** Every exported function; a call from outside sets its arguments in slots fp + 0 …, and a link to haltPc in slot max(n, m). */
  exports: ReadonlyMap<string, ExportedFunction>;
  /** Every exported global. */
  exportedGlobals: ReadonlyMap<string, { slot: number; type: number }>;
}
