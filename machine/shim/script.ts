import { copyData } from "./data";
import { data_load64 } from "./millrace";

// The script, which a runtime reads as a file (docs/machine.md, Scripts).

/** Where it stands in the data space: its length, 4 bytes, then what it says. */
const LENGTH: u32 = 1 << 23;
const START: u32 = LENGTH + 4;

let position: u64 = 0;

/** Its bytes; 0 when there is none. */
export function scriptBytes(): u32 {
  return u32(data_load64(LENGTH));
}

/** Where the next byte is read. */
export function scriptPosition(): u64 {
  return position;
}

export function seekScript(to: u64): void {
  position = to;
}

/** Bytes from an offset to its end. */
export function scriptBytesFrom(offset: u64): u32 {
  const size = scriptBytes();
  return offset < u64(size) ? size - u32(offset) : 0;
}

/** Copies bytes from an offset on, of which there are as many, into the memory. */
export function copyScript(target: u32, offset: u64, length: u32): void {
  copyData(target, START + u32(offset), length);
}
