// The product of two 128 × 128 matrices of f64, as often as standard input says, with AssemblyScript's bounds checks.

import { fd_read, fd_write } from "./wasi_snapshot_preview1";

const size = 128;
const vector = memory.data(12, 4);
const digits = memory.data(16, 4);

function readCount(): i32 {
  store<usize>(vector, digits);
  store<u32>(vector, 16, 4);
  if (fd_read(0, vector, 1, vector + 8) != 0) unreachable();
  let count = 0;
  for (let at: u32 = 0; at < load<u32>(vector, 8); at++) {
    const digit = <i32>load<u8>(digits + at) - 48;
    if (digit < 0 || digit > 9) break;
    count = count * 10 + digit;
  }
  return count;
}

function write(text: string): void {
  const bytes = String.UTF8.encode(text);
  store<usize>(vector, changetype<usize>(bytes));
  store<u32>(vector, bytes.byteLength, 4);
  fd_write(1, vector, 1, vector + 8);
}

function multiply(a: Float64Array, b: Float64Array, product: Float64Array): void {
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      let sum: f64 = 0;
      for (let i = 0; i < size; i++) sum += a[row * size + i] * b[i * size + column];
      product[row * size + column] = sum;
    }
  }
}

let a = new Float64Array(size * size);
const b = new Float64Array(size * size);
let product = new Float64Array(size * size);
for (let i = 0; i < size * size; i++) {
  a[i] = <f64>(i % 7) / 7 - 0.4;
  b[i] = <f64>(i % 11) / 110 - 0.05;
}
for (let turns = readCount(); turns > 0; turns--) {
  multiply(a, b, product);
  const rest = a;
  a = product;
  product = rest;
}
let trace: f64 = 0;
for (let i = 0; i < size; i++) trace += a[i * size + i];
write(trace.toString() + "\n");
