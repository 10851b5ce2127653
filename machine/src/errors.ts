/** What can be wrong with a module, its manifest, a run or a witness. */
export type MachineErrorCode =
  | "not-wasm"
  | "truncated"
  | "malformed"
  | "invalid"
  | "forbidden-import"
  | "no-start"
  | "no-memory"
  | "memory-too-large"
  | "limit"
  | "uninstantiable"
  | "unsupported-feature"
  | "no-manifest"
  | "invalid-manifest"
  | "invalid-script"
  | "invalid-runtime"
  | "host-memory"
  | "invalid-witness";

interface MachineErrorParameters {
  code: MachineErrorCode;
  message: string;
  nextStep: string;
  /** Byte offset in the module where the problem is. */
  offset?: number | undefined;
  /** With `unsupported-feature`: the feature's name in docs/machine.md. */
  feature?: string | undefined;
  cause?: unknown;
}

/** A module or manifest that cannot be used: what is wrong, where, and what its developer can do about it. */
export class MachineError extends Error {
  override readonly name = "MachineError";
  readonly code: MachineErrorCode;
  /** Byte offset in the module; undefined when the problem has no single place. */
  readonly offset: number | undefined;
  /** With `unsupported-feature`: the feature's name in docs/machine.md. */
  readonly feature: string | undefined;
  readonly nextStep: string;

  constructor({ code, message, nextStep, offset, feature, cause }: MachineErrorParameters) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.nextStep = nextStep;
    this.offset = offset;
    this.feature = feature;
  }
}
