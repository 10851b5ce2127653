/** Module name under which WASI preview 1 is imported. */
export const WASI_MODULE = "wasi_snapshot_preview1";

/** Every function of WASI preview 1. */
export const WASI_FUNCTIONS = [
  ...(["args_get", "args_sizes_get", "environ_get", "environ_sizes_get"] as const),
  ...(["clock_res_get", "clock_time_get", "random_get", "poll_oneoff"] as const),
  ...(["proc_exit", "proc_raise", "sched_yield"] as const),
  ...(["fd_advise", "fd_allocate", "fd_close", "fd_datasync", "fd_fdstat_get"] as const),
  ...(["fd_fdstat_set_flags", "fd_fdstat_set_rights", "fd_filestat_get"] as const),
  ...(["fd_filestat_set_size", "fd_filestat_set_times", "fd_pread", "fd_prestat_dir_name"] as const),
  ...(["fd_prestat_get", "fd_pwrite", "fd_read", "fd_readdir", "fd_renumber", "fd_seek"] as const),
  ...(["fd_sync", "fd_tell", "fd_write"] as const),
  ...(["path_create_directory", "path_filestat_get", "path_filestat_set_times", "path_link"] as const),
  ...(["path_open", "path_readlink", "path_remove_directory", "path_rename"] as const),
  ...(["path_symlink", "path_unlink_file"] as const),
  ...(["sock_accept", "sock_recv", "sock_send", "sock_shutdown"] as const),
] as const;

/** The name of a function of WASI preview 1. */
export type WasiFunctionName = (typeof WASI_FUNCTIONS)[number];

const names: ReadonlySet<string> = new Set(WASI_FUNCTIONS);

/** Whether WASI preview 1 has a function of this name. */
export function isWasiFunction(name: string): name is WasiFunctionName {
  return names.has(name);
}
