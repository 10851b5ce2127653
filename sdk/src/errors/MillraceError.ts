/** What a {@link MillraceError} is made of. */
export interface MillraceErrorParameters {
  /** kebab-case, stable */
  code: string;
  /** one sentence: what happened and why */
  shortMessage: string;
  /** anything longer: the other side's words, an address, a hash */
  details?: string | undefined;
  /** what the reader can do now; a command where there is one */
  nextStep?: string | undefined;
  /** true if the same call may succeed later without any change */
  retryable?: boolean | undefined;
  /** the request the other side knows this by */
  requestId?: string | undefined;
  cause?: unknown;
}

/** Every error that Millrace raises on purpose. */
export class MillraceError extends Error {
  override readonly name = "MillraceError";
  readonly code: string;
  readonly shortMessage: string;
  readonly details: string | undefined;
  readonly nextStep: string | undefined;
  readonly retryable: boolean;
  readonly requestId: string | undefined;

  constructor(parameters: MillraceErrorParameters) {
    const { code, shortMessage, details, nextStep, retryable = false, requestId, cause } = parameters;
    super(details === undefined ? shortMessage : `${shortMessage} ${details}`, { cause });
    this.code = code;
    this.shortMessage = shortMessage;
    this.details = details;
    this.nextStep = nextStep;
    this.retryable = retryable;
    this.requestId = requestId;
  }
}
