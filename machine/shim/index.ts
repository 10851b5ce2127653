// Everything the linker may merge in. `memory_…` become exports `millrace.memory_…`, all others
// `wasi_snapshot_preview1.…` (scripts/build-shim.ts).
export { clock_res_get, clock_time_get } from "./clock";
export { args_get, args_sizes_get, environ_get, environ_sizes_get } from "./lists";
export { memory_copy, memory_fill, memory_grow, memory_init } from "./memory";
export { poll_oneoff } from "./poll";
export { random_get } from "./random";
export * from "./refused";
export {
  fd_close,
  fd_fdstat_get,
  fd_filestat_get,
  fd_pread,
  fd_read,
  fd_seek,
  fd_tell,
  fd_write,
  proc_exit,
} from "./streams";
