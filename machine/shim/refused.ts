import { BADF, NOSYS, SUCCESS } from "./errno";

// Files, sockets and signals, of which a program has none.

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
