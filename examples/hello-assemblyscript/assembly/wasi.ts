// What a function sees of its call, over WASI preview 1. You rarely need to change this file.

import { environ_get, environ_sizes_get, fd_read, fd_write, proc_exit } from "./wasi_snapshot_preview1";

const STDIN: u32 = 0;
const STDOUT: u32 = 1;
const STDERR: u32 = 2;
/** One scatter or gather entry (address, length) and, behind it, the number of bytes moved. */
const vector = memory.data(12, 4);

/** The request's body as text (UTF-8). */
export function readBody(): string {
  const bytes = readBodyBytes();
  return String.UTF8.decodeUnsafe(bytes.dataStart, bytes.length);
}

/** The request's body. */
export function readBodyBytes(): Uint8Array {
  const length = variable("CONTENT_LENGTH");
  const body = new Uint8Array(length.length > 0 ? <i32>parseInt(length) : 0);
  let used = 0;
  while (used < body.length) {
    store<usize>(vector, body.dataStart + used);
    store<u32>(vector, body.length - used, 4);
    if (fd_read(STDIN, vector, 1, vector + 8) != 0) break;
    const size = load<u32>(vector, 8);
    if (size == 0) break;
    used += size;
  }
  return body.subarray(0, used);
}

/** A variable of the call (REQUEST_METHOD, PATH_INFO, QUERY_STRING, HTTP_…) or of millrace.json; "" if not set. */
export function variable(name: string): string {
  if (environ_sizes_get(vector, vector + 4) != 0) return "";
  const count = load<u32>(vector);
  const addresses = new Uint32Array(count);
  const content = new Uint8Array(load<u32>(vector, 4));
  if (environ_get(addresses.dataStart, content.dataStart) != 0) return "";
  for (let index: u32 = 0; index < count; index++) {
    let end: usize = addresses[index];
    while (load<u8>(end) != 0) end++;
    const entry = String.UTF8.decodeUnsafe(addresses[index], end - addresses[index]);
    if (entry.startsWith(name + "=")) return entry.substring(name.length + 1);
  }
  return "";
}

/** Appends text to the answer. */
export function write(text: string): void {
  writeTo(STDOUT, Uint8Array.wrap(String.UTF8.encode(text)));
}

/** Appends bytes to the answer. */
export function writeBytes(bytes: Uint8Array): void {
  writeTo(STDOUT, bytes);
}

/** Writes a line to the function's log. */
export function log(line: string): void {
  writeTo(STDERR, Uint8Array.wrap(String.UTF8.encode(line + "\n")));
}

/** Ends the call; every code but 0 tells the caller that it failed. */
export function exit(code: u32): void {
  proc_exit(code);
}

/** Called by AssemblyScript when an assertion or a bounds check fails. */
export function abort(message: string | null, file: string | null, line: u32, column: u32): void {
  const place = (file !== null ? file : "") + ":" + line.toString() + ":" + column.toString();
  log("aborted: " + (message !== null ? message : "no reason given") + " at " + place);
  proc_exit(255);
}

function writeTo(fd: u32, bytes: Uint8Array): void {
  store<usize>(vector, bytes.dataStart);
  store<u32>(vector, bytes.length, 4);
  fd_write(fd, vector, 1, vector + 8);
}
