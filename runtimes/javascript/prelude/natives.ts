/** What the C part offers (engine/natives.c); `natives` is gone from the globals once the prelude has run. */
interface Natives {
  /** Milliseconds since the call began. */
  elapsedMs(): number;
  /** Moves the call's clock on. */
  sleepMs(ms: number): void;
  /** At least 0, below 1. */
  random(): number;
  fillRandomly(bytes: Uint8Array): void;
  /** Writes to standard error. */
  log(text: string): void;
  /** @throws TypeError for what cannot be copied */
  clone(value: unknown): unknown;
  /** CGI's variables, headers by their names in lower case, and the function's own variables. */
  environment(): [
    cgi: Record<string, string | undefined>,
    headers: Record<string, string>,
    env: Record<string, string>,
  ];
  /** Standard input, whole; a second time it is empty. */
  readBody(): Uint8Array<ArrayBuffer>;
  /** UTF-8 of a text without lone surrogates. */
  encode(text: string): Uint8Array<ArrayBuffer>;
  /** Undefined for ill-formed bytes when `isFatal`, which otherwise become U+FFFD. */
  decode(bytes: Uint8Array, isFatal: boolean): string | undefined;
  /** SHA-1 (1), SHA-256, SHA-384 or SHA-512. */
  digest(bits: number, bytes: Uint8Array): ArrayBuffer;
  setHooks(
    serve: (
      exports: Record<string, unknown>,
      loaded: Promise<unknown>,
    ) => Promise<[string | Uint8Array, string | Uint8Array]>,
    runTimer: () => boolean,
    describe: (error: unknown) => string,
    trackRejection: (promise: object, reason: unknown, isHandled: boolean) => void,
  ): void;
}

/** The functions of the C part. */
export const natives = (globalThis as unknown as { natives: Natives }).natives;
