import { BADF, NOSYS, SPIPE, SUCCESS } from "./errno";
import { isOpen, isScript } from "./streams";

// Directories, sockets and signals, of which a program has none, and what nothing does with the files that there are.

export function path_create_directory(_a: u32, _b: u32, _c: u32): i32 {
  return BADF;
}

export function path_filestat_get(_a: u32, _b: u32, _c: u32, _d: u32, _e: u32): i32 {
  return BADF;
}

export function path_filestat_set_times(_a: u32, _b: u32, _c: u32, _d: u32, _e: u64, _f: u64, _g: u32): i32 {
  return BADF;
}

export function path_link(_a: u32, _b: u32, _c: u32, _d: u32, _e: u32, _f: u32, _g: u32): i32 {
  return BADF;
}

export function path_open(
  _a: u32,
  _b: u32,
  _c: u32,
  _d: u32,
  _e: u32,
  _f: u64,
  _g: u64,
  _h: u32,
  _i: u32,
): i32 {
  return BADF;
}

export function path_readlink(_a: u32, _b: u32, _c: u32, _d: u32, _e: u32, _f: u32): i32 {
  return BADF;
}

export function path_remove_directory(_a: u32, _b: u32, _c: u32): i32 {
  return BADF;
}

export function path_rename(_a: u32, _b: u32, _c: u32, _d: u32, _e: u32, _f: u32): i32 {
  return BADF;
}

export function path_symlink(_a: u32, _b: u32, _c: u32, _d: u32, _e: u32): i32 {
  return BADF;
}

export function path_unlink_file(_a: u32, _b: u32, _c: u32): i32 {
  return BADF;
}

export function sock_accept(_a: u32, _b: u32, _c: u32): i32 {
  return BADF;
}

export function sock_recv(_a: u32, _b: u32, _c: u32, _d: u32, _e: u32, _f: u32): i32 {
  return BADF;
}

export function sock_send(_a: u32, _b: u32, _c: u32, _d: u32, _e: u32): i32 {
  return BADF;
}

export function sock_shutdown(_a: u32, _b: u32): i32 {
  return BADF;
}

export function proc_raise(_signal: u32): i32 {
  return NOSYS;
}

export function sched_yield(): i32 {
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

export function fd_pwrite(fd: u32, _vectors: u32, _count: u32, _offset: u64, _address: u32): i32 {
  return isScript(fd) ? BADF : answer(fd, SPIPE);
}

export function fd_advise(fd: u32, _offset: u64, _length: u64, _advice: u32): i32 {
  return isScript(fd) ? SUCCESS : answer(fd, SPIPE);
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
