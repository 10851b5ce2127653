import { FAULT, SUCCESS } from "./errno";
import { seedWord } from "./input";
import { isOutside } from "./memory";

// RFC 8439's ChaCha20 with nonce 0 and a block counter of 64 bits.
const BLOCK_BYTES: u32 = 64;
const ROUNDS: u32 = 20;

/** Bytes of the key stream that were given away. */
let position: u64 = 0;

export function random_get(address: u32, length: u32): i32 {
  if (isOutside(address, length)) return FAULT;
  while (length != 0) {
    const from = u32(position) % BLOCK_BYTES;
    const taken = min(length, BLOCK_BYTES - from);
    writeBlock(position / BLOCK_BYTES, address, from, from + taken);
    position += taken;
    address += taken;
    length -= taken;
  }
  return SUCCESS;
}

/** Writes bytes `[from, to)` of a block of the key stream. */
function writeBlock(counter: u64, address: u32, from: u32, to: u32): void {
  const k0 = seedWord(0);
  const k1 = seedWord(1);
  const k2 = seedWord(2);
  const k3 = seedWord(3);
  const k4 = seedWord(4);
  const k5 = seedWord(5);
  const k6 = seedWord(6);
  const k7 = seedWord(7);
  const c0 = u32(counter);
  const c1 = u32(counter >> 32);
  let x0: u32 = 0x61707865;
  let x1: u32 = 0x3320646e;
  let x2: u32 = 0x79622d32;
  let x3: u32 = 0x6b206574;
  let x4 = k0;
  let x5 = k1;
  let x6 = k2;
  let x7 = k3;
  let x8 = k4;
  let x9 = k5;
  let x10 = k6;
  let x11 = k7;
  let x12 = c0;
  let x13 = c1;
  let x14: u32 = 0;
  let x15: u32 = 0;
  for (let round: u32 = 0; round < ROUNDS; round += 2) {
    x0 += x4;
    x12 = rotl(x12 ^ x0, 16);
    x8 += x12;
    x4 = rotl(x4 ^ x8, 12);
    x0 += x4;
    x12 = rotl(x12 ^ x0, 8);
    x8 += x12;
    x4 = rotl(x4 ^ x8, 7);
    x1 += x5;
    x13 = rotl(x13 ^ x1, 16);
    x9 += x13;
    x5 = rotl(x5 ^ x9, 12);
    x1 += x5;
    x13 = rotl(x13 ^ x1, 8);
    x9 += x13;
    x5 = rotl(x5 ^ x9, 7);
    x2 += x6;
    x14 = rotl(x14 ^ x2, 16);
    x10 += x14;
    x6 = rotl(x6 ^ x10, 12);
    x2 += x6;
    x14 = rotl(x14 ^ x2, 8);
    x10 += x14;
    x6 = rotl(x6 ^ x10, 7);
    x3 += x7;
    x15 = rotl(x15 ^ x3, 16);
    x11 += x15;
    x7 = rotl(x7 ^ x11, 12);
    x3 += x7;
    x15 = rotl(x15 ^ x3, 8);
    x11 += x15;
    x7 = rotl(x7 ^ x11, 7);
    x0 += x5;
    x15 = rotl(x15 ^ x0, 16);
    x10 += x15;
    x5 = rotl(x5 ^ x10, 12);
    x0 += x5;
    x15 = rotl(x15 ^ x0, 8);
    x10 += x15;
    x5 = rotl(x5 ^ x10, 7);
    x1 += x6;
    x12 = rotl(x12 ^ x1, 16);
    x11 += x12;
    x6 = rotl(x6 ^ x11, 12);
    x1 += x6;
    x12 = rotl(x12 ^ x1, 8);
    x11 += x12;
    x6 = rotl(x6 ^ x11, 7);
    x2 += x7;
    x13 = rotl(x13 ^ x2, 16);
    x8 += x13;
    x7 = rotl(x7 ^ x8, 12);
    x2 += x7;
    x13 = rotl(x13 ^ x2, 8);
    x8 += x13;
    x7 = rotl(x7 ^ x8, 7);
    x3 += x4;
    x14 = rotl(x14 ^ x3, 16);
    x9 += x14;
    x4 = rotl(x4 ^ x9, 12);
    x3 += x4;
    x14 = rotl(x14 ^ x3, 8);
    x9 += x14;
    x4 = rotl(x4 ^ x9, 7);
  }
  const at = address - from;
  writeWord(at, 0, x0 + 0x61707865, from, to);
  writeWord(at, 4, x1 + 0x3320646e, from, to);
  writeWord(at, 8, x2 + 0x79622d32, from, to);
  writeWord(at, 12, x3 + 0x6b206574, from, to);
  writeWord(at, 16, x4 + k0, from, to);
  writeWord(at, 20, x5 + k1, from, to);
  writeWord(at, 24, x6 + k2, from, to);
  writeWord(at, 28, x7 + k3, from, to);
  writeWord(at, 32, x8 + k4, from, to);
  writeWord(at, 36, x9 + k5, from, to);
  writeWord(at, 40, x10 + k6, from, to);
  writeWord(at, 44, x11 + k7, from, to);
  writeWord(at, 48, x12 + c0, from, to);
  writeWord(at, 52, x13 + c1, from, to);
  writeWord(at, 56, x14, from, to);
  writeWord(at, 60, x15, from, to);
}

/** Writes those bytes of a word at `offset` of a block that are in `[from, to)`; the block would stand at `block`. */
function writeWord(block: u32, offset: u32, word: u32, from: u32, to: u32): void {
  if (offset >= from && offset + 4 <= to) {
    store<u32>(block + offset, word);
    return;
  }
  for (let end = offset + 4; offset < end; offset++) {
    if (offset >= from && offset < to) store<u8>(block + offset, word);
    word >>= 8;
  }
}
