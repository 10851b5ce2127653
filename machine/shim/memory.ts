import { copyData } from "./data";
import { grow } from "./millrace";

/** Turns of the loop that pays for one more page of memory. */
const TURNS_PER_PAGE: u32 = 64;

/** Whether `[address, address + length)` is not all inside of the memory. */
export function isOutside(address: u32, length: u64): bool {
  return u64(address) + length > u64(memory.size()) << 16;
}

/** Ends the program with the trap of an access out of bounds: above 2^32, which the compiler must not see through. */
function trapOutOfBounds(): void {
  load<u8>(~memory.size(), 0x10001);
}

/** The instruction `memory.copy`. */
export function memory_copy(target: u32, source: u32, length: u32): void {
  if (isOutside(target, length) || isOutside(source, length)) trapOutOfBounds();
  if (target - source < length) copyDown(target, source, length);
  else copyUp(target, source, length);
}

/** Copies from the first byte on: right unless the target begins inside of the source. */
function copyUp(target: u32, source: u32, length: u32): void {
  while (length >= 32) {
    store<u64>(target, load<u64>(source));
    store<u64>(target, load<u64>(source, 8), 8);
    store<u64>(target, load<u64>(source, 16), 16);
    store<u64>(target, load<u64>(source, 24), 24);
    target += 32;
    source += 32;
    length -= 32;
  }
  while (length >= 8) {
    store<u64>(target, load<u64>(source));
    target += 8;
    source += 8;
    length -= 8;
  }
  while (length != 0) {
    store<u8>(target, load<u8>(source));
    target++;
    source++;
    length--;
  }
}

/** Copies from the last byte on. */
function copyDown(target: u32, source: u32, length: u32): void {
  while (length >= 32) {
    length -= 32;
    store<u64>(target + length, load<u64>(source + length, 24), 24);
    store<u64>(target + length, load<u64>(source + length, 16), 16);
    store<u64>(target + length, load<u64>(source + length, 8), 8);
    store<u64>(target + length, load<u64>(source + length));
  }
  while (length >= 8) {
    length -= 8;
    store<u64>(target + length, load<u64>(source + length));
  }
  while (length != 0) {
    length--;
    store<u8>(target + length, load<u8>(source + length));
  }
}

/** The instruction `memory.fill`. */
export function memory_fill(target: u32, value: u32, length: u32): void {
  if (isOutside(target, length)) trapOutOfBounds();
  const eight: u64 = u64(value & 0xff) * 0x0101010101010101;
  while (length >= 32) {
    store<u64>(target, eight);
    store<u64>(target, eight, 8);
    store<u64>(target, eight, 16);
    store<u64>(target, eight, 24);
    target += 32;
    length -= 32;
  }
  while (length >= 8) {
    store<u64>(target, eight);
    target += 8;
    length -= 8;
  }
  while (length != 0) {
    store<u8>(target, value);
    target++;
    length--;
  }
}

/**
 * The instruction `memory.init`.
 * @param segmentOffset where the segment begins in the data space
 * @param segmentLength its bytes, 0 once it was dropped
 */
export function memory_init(
  target: u32,
  source: u32,
  length: u32,
  segmentOffset: u32,
  segmentLength: u32,
): void {
  if (u64(source) + u64(length) > u64(segmentLength)) trapOutOfBounds();
  if (isOutside(target, length)) trapOutOfBounds();
  copyData(target, segmentOffset + source, length);
}

/** The instruction `memory.grow`. Pages that are really added are paid for, by the turns of a loop. */
export function memory_grow(pages: u32): i32 {
  const before = grow(pages);
  if (before == -1) return -1;
  for (let turns = u64(pages) * TURNS_PER_PAGE; turns != 0; turns--) {}
  return before;
}
