/** Error numbers of WASI preview 1 that the shim answers with. */
export const ERRNO = { success: 0, badf: 8, fault: 21, inval: 28, nosys: 52, spipe: 70 } as const;

/** Thrown inside a host function to make it answer with an error number. Never reaches the program. */
export class WasiError extends Error {
  readonly errno: number;

  constructor(errno: number) {
    super();
    this.errno = errno;
  }
}
