import { input_length, input_load32, input_load64, input_load8_u } from "./millrace";

// Where things stand in the input (docs/machine.md).
const ARGUMENTS: u32 = 0;
const VARIABLES: u32 = 8;
const ACCEPTED_AT: u32 = 16;
const SEED: u32 = 24;
const STDIN_BYTES: u32 = 56;
const OUTPUT_LIMIT: u32 = 60;
const HEADER_BYTES: u32 = 64;
/** The most that the output space holds of standard output. */
const MAX_OUTPUT_BYTES: u32 = 1 << 24;

let isChecked: bool = false;

/** Stops at an input that is shorter or longer than it says: nothing is ever read beyond its end. */
function check(): void {
  if (isChecked) return;
  if (input_length() < HEADER_BYTES) unreachable();
  const sizeBytes =
    u64(HEADER_BYTES) +
    u64(input_load32(ARGUMENTS + 4)) +
    u64(input_load32(VARIABLES + 4)) +
    u64(input_load32(STDIN_BYTES));
  if (sizeBytes != u64(input_length())) unreachable();
  isChecked = true;
}

/** Number of arguments or of variables. */
export function listCount(isVariables: bool): u32 {
  check();
  return input_load32(isVariables ? VARIABLES : ARGUMENTS);
}

/** Bytes of all arguments or of all variables. */
export function listBytes(isVariables: bool): u32 {
  check();
  return input_load32((isVariables ? VARIABLES : ARGUMENTS) + 4);
}

/** Where the texts of the arguments or of the variables begin. */
export function listStart(isVariables: bool): u32 {
  check();
  return HEADER_BYTES + (isVariables ? input_load32(ARGUMENTS + 4) : 0);
}

/** Where standard input begins. */
export function stdinStart(): u32 {
  check();
  return HEADER_BYTES + input_load32(ARGUMENTS + 4) + input_load32(VARIABLES + 4);
}

/** Bytes of standard input. */
export function stdinBytes(): u32 {
  check();
  return input_load32(STDIN_BYTES);
}

/** The most bytes of standard output. */
export function outputLimit(): u32 {
  check();
  return min(input_load32(OUTPUT_LIMIT), MAX_OUTPUT_BYTES);
}

/** When the call was accepted, in nanoseconds since 1970. */
export function acceptedAt(): u64 {
  check();
  return input_load64(ACCEPTED_AT);
}

/** The words of the seed. */
export function seedWord(index: u32): u32 {
  check();
  return input_load32(SEED + index * 4);
}

/** Copies bytes of the input into the memory; both ranges have been checked. */
export function copyInput(target: u32, source: u32, length: u32): void {
  while (length >= 32) {
    store<u64>(target, input_load64(source));
    store<u64>(target, input_load64(source + 8), 8);
    store<u64>(target, input_load64(source + 16), 16);
    store<u64>(target, input_load64(source + 24), 24);
    target += 32;
    source += 32;
    length -= 32;
  }
  while (length >= 8) {
    store<u64>(target, input_load64(source));
    target += 8;
    source += 8;
    length -= 8;
  }
  while (length != 0) {
    store<u8>(target, input_load8_u(source));
    target++;
    source++;
    length--;
  }
}
