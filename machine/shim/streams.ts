import { BADF, FAULT, INVAL, NOSYS, SPIPE, SUCCESS } from "./errno";
import { copyInput, outputLimit, stdinBytes, stdinStart } from "./input";
import { isOutside } from "./memory";
import { halt, output_store32, output_store64, output_store8 } from "./millrace";

// The three standard streams are all the files a program has. They look like pipes: of unknown type, without
// rights to seek, so that no C library takes them for a terminal.

const STDIN: u32 = 0;
const STDERR: u32 = 2;
const MAX_VECTORS: u32 = 1024;
const VECTOR_BYTES: u32 = 8;
const RIGHT_READ: u64 = 1 << 1;
const RIGHT_WRITE: u64 = 1 << 6;
const RIGHT_POLL: u64 = 1 << 27;
const FDSTAT_BYTES: u32 = 24;
const FILESTAT_BYTES: u32 = 64;
/** Where standard error stands in the output space; behind it stands how many bytes of it there are. */
const STDERR_START: u32 = 1 << 24;
const STDERR_BYTES: u32 = 1 << 16;
const STDERR_LENGTH: u32 = STDERR_START + STDERR_BYTES;
/** The exit code that says that standard output passed its limit; a program cannot exit with it. */
const OUTPUT_TOO_LARGE: u32 = 0xffffffff;
const EXIT_CODE_OF_MINUS_ONE: u32 = 255;

/** A bit for each stream that was closed. */
let closed: u32 = 0;
let stdinPosition: u32 = 0;
let stdoutLength: u32 = 0;
let stderrLength: u32 = 0;

/** Ends the program with what it wrote. */
export function proc_exit(exitCode: u32): void {
  halt(exitCode == OUTPUT_TOO_LARGE ? EXIT_CODE_OF_MINUS_ONE : exitCode, stdoutLength);
  unreachable();
}

function isOpen(fd: u32): bool {
  return fd <= STDERR && (closed & (1 << fd)) == 0;
}

function isReady(fd: u32, forReading: bool): bool {
  return isOpen(fd) && (fd == STDIN) == forReading;
}

/** Bytes that a poll finds ready, or −1 when there is no such stream. */
export function readyBytes(fd: u32, forReading: bool): i64 {
  if (!isReady(fd, forReading)) return -1;
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
  store<u64>(address, 0);
  store<u64>(address, RIGHT_POLL | (fd == STDIN ? RIGHT_READ : RIGHT_WRITE), 8);
  store<u64>(address, 0, 16);
  return SUCCESS;
}

export function fd_filestat_get(fd: u32, address: u32): i32 {
  if (!isOpen(fd)) return BADF;
  if (isOutside(address, FILESTAT_BYTES)) return FAULT;
  for (let position: u32 = 0; position < FILESTAT_BYTES; position += 8) store<u64>(address + position, 0);
  store<u64>(address, 1, 24);
  return SUCCESS;
}

function answer(fd: u32, error: i32): i32 {
  return isOpen(fd) ? error : BADF;
}

// Nothing here ever blocks, so that non-blocking mode changes nothing.
export function fd_fdstat_set_flags(fd: u32, _flags: u32): i32 {
  return answer(fd, SUCCESS);
}

export function fd_prestat_get(_fd: u32, _address: u32): i32 {
  return BADF;
}

export function fd_prestat_dir_name(_fd: u32, _address: u32, _length: u32): i32 {
  return BADF;
}

export function fd_seek(fd: u32, _offset: i64, _whence: u32, _address: u32): i32 {
  return answer(fd, SPIPE);
}

export function fd_tell(fd: u32, _address: u32): i32 {
  return answer(fd, SPIPE);
}

export function fd_pread(fd: u32, _vectors: u32, _count: u32, _offset: u64, _address: u32): i32 {
  return answer(fd, SPIPE);
}

export function fd_pwrite(fd: u32, _vectors: u32, _count: u32, _offset: u64, _address: u32): i32 {
  return answer(fd, SPIPE);
}

export function fd_advise(fd: u32, _offset: u64, _length: u64, _advice: u32): i32 {
  return answer(fd, SPIPE);
}

export function fd_allocate(fd: u32, _offset: u64, _length: u64): i32 {
  return answer(fd, NOSYS);
}

export function fd_datasync(fd: u32): i32 {
  return answer(fd, NOSYS);
}

export function fd_sync(fd: u32): i32 {
  return answer(fd, NOSYS);
}

export function fd_fdstat_set_rights(fd: u32, _base: u64, _inheriting: u64): i32 {
  return answer(fd, NOSYS);
}

export function fd_filestat_set_size(fd: u32, _size: u64): i32 {
  return answer(fd, NOSYS);
}

export function fd_renumber(fd: u32, _to: u32): i32 {
  return answer(fd, NOSYS);
}

export function fd_filestat_set_times(fd: u32, _access: u64, _modified: u64, _flags: u32): i32 {
  return answer(fd, NOSYS);
}

export function fd_readdir(fd: u32, _buffer: u32, _length: u32, _cookie: u64, _address: u32): i32 {
  return answer(fd, NOSYS);
}
