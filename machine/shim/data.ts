import { data_load64, data_load8_u } from "./millrace";

/** Copies bytes of the data space into the memory; both ranges have been checked. */
export function copyData(target: u32, source: u32, length: u32): void {
  while (length >= 32) {
    store<u64>(target, data_load64(source));
    store<u64>(target, data_load64(source + 8), 8);
    store<u64>(target, data_load64(source + 16), 16);
    store<u64>(target, data_load64(source + 24), 24);
    target += 32;
    source += 32;
    length -= 32;
  }
  while (length >= 8) {
    store<u64>(target, data_load64(source));
    target += 8;
    source += 8;
    length -= 8;
  }
  while (length != 0) {
    store<u8>(target, data_load8_u(source));
    target++;
    source++;
    length--;
  }
}
