/** Why the store refused; `code` is stable, the message is for the person who reads it. */
export type StoreErrorCode =
  "folder-in-use" | "other-deployment" | "cursor-moved" | "cursor-invalid" | "migration-failed" | "template-invalid";

export class StoreError extends Error {
  readonly code: StoreErrorCode;

  constructor(code: StoreErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "StoreError";
    this.code = code;
  }
}
