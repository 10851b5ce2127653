import { BADF, FAULT, INVAL, SPIPE, SUCCESS } from "./errno";
import { copyInput, outputLimit, stdinBytes, stdinStart } from "./input";
import { isOutside } from "./memory";
import { halt, output_store32, output_store64, output_store8 } from "./millrace";
import { copyScript, scriptBytes, scriptBytesFrom, scriptPosition, seekScript } from "./script";

// The three standard streams are all the files a program has, and a runtime its script. The streams look like pipes: of
// unknown type, without rights to seek, so that no C library takes them for a terminal. The script is a regular file.

const STDIN: u32 = 0;
const STDERR: u32 = 2;
const SCRIPT: u32 = 3;
const MAX_VECTORS: u32 = 1024;
const VECTOR_BYTES: u32 = 8;
const RIGHT_READ: u64 = 1 << 1;
const RIGHT_SEEK: u64 = 1 << 2;
const RIGHT_TELL: u64 = 1 << 5;
const RIGHT_WRITE: u64 = 1 << 6;
const RIGHT_FILESTAT: u64 = 1 << 21;
const RIGHT_POLL: u64 = 1 << 27;
const REGULAR_FILE: u8 = 4;
const FROM_POSITION: u32 = 1;
const FROM_END: u32 = 2;
const FDSTAT_BYTES: u32 = 24;
const FILESTAT_BYTES: u32 = 64;
/** Where standard error stands in the output space; behind it stands how many bytes of it there are. */
const STDERR_START: u32 = 1 << 24;
const STDERR_BYTES: u32 = 1 << 16;
const STDERR_LENGTH: u32 = STDERR_START + STDERR_BYTES;
/** The exit code that says that standard output passed its limit; a program cannot exit with it. */
const OUTPUT_TOO_LARGE: u32 = 0xffffffff;
const EXIT_CODE_OF_MINUS_ONE: u32 = 255;

/** A bit for each of them that was closed. */
let closed: u32 = 0;
let stdinPosition: u32 = 0;
let stdoutLength: u32 = 0;
let stderrLength: u32 = 0;

/** Ends the program with what it wrote. */
export function proc_exit(exitCode: u32): void {
  halt(exitCode == OUTPUT_TOO_LARGE ? EXIT_CODE_OF_MINUS_ONE : exitCode, stdoutLength);
  unreachable();
}

/** Whether there is a file of this number. */
export function isOpen(fd: u32): bool {
  if (fd > STDERR && (fd != SCRIPT || scriptBytes() == 0)) return false;
  return (closed & (1 << fd)) == 0;
}

/** Whether it is the script, and there is one. */
export function isScript(fd: u32): bool {
  return fd == SCRIPT && isOpen(fd);
}

function isReady(fd: u32, forReading: bool): bool {
  return isOpen(fd) && (fd == STDIN || fd == SCRIPT) == forReading;
}

/** Bytes that a poll finds ready, or −1 when there is no such stream. */
export function readyBytes(fd: u32, forReading: bool): i64 {
  if (!isReady(fd, forReading)) return -1;
  if (fd == SCRIPT) return i64(scriptBytesFrom(scriptPosition()));
  return forReading ? i64(stdinBytes() - stdinPosition) : 1;
}

/** An error number unless all of a scatter or gather list is inside of the memory. */
function checkVectors(vectors: u32, count: u32): i32 {
  if (count > MAX_VECTORS) return INVAL;
  for (let index: u32 = 0; index < count; index++) {
    if (isOutside(vectors, u64(index + 1) * VECTOR_BYTES)) return FAULT;
    const vector = vectors + index * VECTOR_BYTES;
    if (isOutside(load<u32>(vector), load<u32>(vector, 4))) return FAULT;
  }
  return SUCCESS;
}

export function fd_read(fd: u32, vectors: u32, count: u32, sizeAddress: u32): i32 {
  const error = checkVectors(vectors, count);
  if (error != SUCCESS) return error;
  if (!isReady(fd, true)) return BADF;
  if (isOutside(sizeAddress, 4)) return FAULT;
  if (fd == SCRIPT) {
    const read = readScript(vectors, count, scriptPosition());
    if (read < 0) return FAULT;
    seekScript(scriptPosition() + u64(read));
    store<u32>(sizeAddress, u32(read));
    return SUCCESS;
  }
  const start = stdinPosition;
  for (let index: u32 = 0; index < count; index++) {
    const vector = vectors + index * VECTOR_BYTES;
    const target = load<u32>(vector);
    const length = min(load<u32>(vector, 4), stdinBytes() - stdinPosition);
    // Only a list that the bytes before have overwritten is outside now.
    if (isOutside(target, length)) return FAULT;
    copyInput(target, stdinStart() + stdinPosition, length);
    stdinPosition += length;
  }
  store<u32>(sizeAddress, stdinPosition - start);
  return SUCCESS;
}

export function fd_pread(fd: u32, vectors: u32, count: u32, offset: u64, sizeAddress: u32): i32 {
  if (!isOpen(fd)) return BADF;
  if (fd != SCRIPT) return SPIPE;
  const error = checkVectors(vectors, count);
  if (error != SUCCESS) return error;
  if (isOutside(sizeAddress, 4)) return FAULT;
  const read = readScript(vectors, count, offset);
  if (read < 0) return FAULT;
  store<u32>(sizeAddress, u32(read));
  return SUCCESS;
}

/** Reads the script from an offset on: how many bytes, or −1 where a list that the read itself has overwritten is outside. */
function readScript(vectors: u32, count: u32, offset: u64): i64 {
  let read: u64 = 0;
  for (let index: u32 = 0; index < count; index++) {
    const vector = vectors + index * VECTOR_BYTES;
    const target = load<u32>(vector);
    const length = min(load<u32>(vector, 4), scriptBytesFrom(offset + read));
    if (length == 0) continue;
    if (isOutside(target, length)) return -1;
    copyScript(target, offset + read, length);
    read += length;
  }
  return i64(read);
}

export function fd_write(fd: u32, vectors: u32, count: u32, sizeAddress: u32): i32 {
  const error = checkVectors(vectors, count);
  if (error != SUCCESS) return error;
  if (!isReady(fd, false)) return BADF;
  if (isOutside(sizeAddress, 4)) return FAULT;
  let sizeBytes: u32 = 0;
  for (let index: u32 = 0; index < count; index++) {
    const vector = vectors + index * VECTOR_BYTES;
    const length = load<u32>(vector, 4);
    if (fd == STDERR) writeStderr(load<u32>(vector), length);
    else writeStdout(load<u32>(vector), length);
    sizeBytes += length;
  }
  store<u32>(sizeAddress, sizeBytes);
  return SUCCESS;
}

function writeStdout(source: u32, length: u32): void {
  if (length > outputLimit() - stdoutLength) {
    halt(OUTPUT_TOO_LARGE, 0);
    unreachable();
  }
  copyOutput(stdoutLength, source, length);
  stdoutLength += length;
}

/** Keeps what fits. */
function writeStderr(source: u32, length: u32): void {
  const kept = min(length, STDERR_BYTES - stderrLength);
  if (kept == 0) return;
  copyOutput(STDERR_START + stderrLength, source, kept);
  stderrLength += kept;
  output_store32(STDERR_LENGTH, stderrLength);
}

function copyOutput(target: u32, source: u32, length: u32): void {
  while (length >= 32) {
    output_store64(target, load<u64>(source));
    output_store64(target + 8, load<u64>(source, 8));
    output_store64(target + 16, load<u64>(source, 16));
    output_store64(target + 24, load<u64>(source, 24));
    target += 32;
    source += 32;
    length -= 32;
  }
  while (length >= 8) {
    output_store64(target, load<u64>(source));
    target += 8;
    source += 8;
    length -= 8;
  }
  while (length != 0) {
    output_store8(target, load<u8>(source));
    target++;
    source++;
    length--;
  }
}

export function fd_close(fd: u32): i32 {
  if (!isOpen(fd)) return BADF;
  closed |= 1 << fd;
  return SUCCESS;
}

export function fd_fdstat_get(fd: u32, address: u32): i32 {
  if (!isOpen(fd)) return BADF;
  if (isOutside(address, FDSTAT_BYTES)) return FAULT;
  store<u64>(address, fd == SCRIPT ? REGULAR_FILE : 0);
  store<u64>(address, rightsOf(fd), 8);
  store<u64>(address, 0, 16);
  return SUCCESS;
}

function rightsOf(fd: u32): u64 {
  if (fd == SCRIPT) return RIGHT_READ | RIGHT_SEEK | RIGHT_TELL | RIGHT_FILESTAT | RIGHT_POLL;
  return RIGHT_POLL | (fd == STDIN ? RIGHT_READ : RIGHT_WRITE);
}

export function fd_filestat_get(fd: u32, address: u32): i32 {
  if (!isOpen(fd)) return BADF;
  if (isOutside(address, FILESTAT_BYTES)) return FAULT;
  for (let position: u32 = 0; position < FILESTAT_BYTES; position += 8) store<u64>(address + position, 0);
  store<u64>(address, 1, 24);
  if (fd == SCRIPT) {
    store<u8>(address, REGULAR_FILE, 16);
    store<u64>(address, scriptBytes(), 32);
  }
  return SUCCESS;
}

export function fd_seek(fd: u32, offset: i64, whence: u32, address: u32): i32 {
  if (!isOpen(fd)) return BADF;
  if (fd != SCRIPT) return SPIPE;
  if (whence > FROM_END) return INVAL;
  let from: i64 = 0;
  if (whence == FROM_POSITION) from = scriptPosition();
  if (whence == FROM_END) from = scriptBytes();
  const to = from + offset;
  // Below 0, also where the sum is above what 63 bits hold.
  if (to < 0) return INVAL;
  if (isOutside(address, 8)) return FAULT;
  seekScript(to);
  store<u64>(address, to);
  return SUCCESS;
}

export function fd_tell(fd: u32, address: u32): i32 {
  return fd_seek(fd, 0, FROM_POSITION, address);
}
