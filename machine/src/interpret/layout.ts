/**
 * Where the interpreter keeps things in its one WebAssembly memory. Everything has a fixed address, so that addresses are
 * constants of its code; what a program does not touch is never backed by real memory. The program's own memory comes
 * last, since it grows.
 */
export const WASM_PAGE = 2 ** 16;
/** The unit in which changes are noticed, kept and hashed. */
export const CHUNK = 4096;

/** Numbers of the state and of the run; all little-endian, addresses in bytes. */
export const state = {
  status: 0,
  exitCode: 4,
  pc: 8,
  fp: 12,
  pages: 16,
  outLen: 20,
  /** u64 */
  fuel: 24,
  /** u64: a charge that leaves less than this stops the run; 0 stops none. */
  fuelWatch: 32,
  /** u64 */
  memoryBytes: 40,
  /** u64 */
  inLen: 48,
  maxPages: 56,
  /** The last fp, in bytes of slots, at which no operand of the program can lie beyond the slots. */
  fpLimit: 60,
  /** Why the last run stopped early, one of `reason`. */
  reason: 64,
  /** u64: the least fuel that there has been; a refund does not raise it. */
  leastFuel: 72,
} as const;

/** Why a run stopped before its last step with status 0. */
export const reason = { none: 0, otherLoop: 1, fuelWatch: 2, hostMemory: 3 } as const;

/** Which operands an operation takes from slots, by its dense number, one byte each. */
export const USES = 2048;
/** One byte a chunk of the whole memory, not 0 if a store touched it since it was last cleared. */
export const DIRTY = 2 ** 16;
export const CODE = DIRTY + 2 ** 20;
/** The most instructions there can be: the code tree's 2^19 leaves hold two each. What stands behind them is for pc 2^20. */
export const CODE_LENGTH = 2 ** 20;
/** Stands for every other pc without an instruction; the state's pc says which. */
export const CODE_FAR = CODE_LENGTH + 1;
export const DATA = CODE + CODE_LENGTH * 16 + WASM_PAGE;
export const DATA_LENGTH = 2 ** 24;
export const INPUT = DATA + DATA_LENGTH;
export const INPUT_LENGTH = 2 ** 25;
/** Number of slots, 8 bytes each. */
export const SLOT_COUNT = 2 ** 17;
/** The slots as they were when changes were last looked for: writing to a slot leaves no mark. */
export const SLOT_COPY = INPUT + INPUT_LENGTH;
export const SLOTS = SLOT_COPY + SLOT_COUNT * 8;
export const OUTPUT = SLOTS + SLOT_COUNT * 8;
export const OUTPUT_LENGTH = 2 ** 25;
export const MEMORY = OUTPUT + OUTPUT_LENGTH;

/** Most bytes of output a HALT may announce. */
export const MAX_OUT_LEN = 2 ** 24;
