import { MillraceError } from "@millrace/sdk";

export function blobTooLarge(maxBytes: number): MillraceError {
  return new MillraceError({
    code: "blob-too-large",
    shortMessage: `A blob may have at most ${maxBytes} bytes (${mebibytes(maxBytes)}).`,
    nextStep:
      "Make the module smaller (optimise, strip debug information) or ask the operator for a higher limit.",
  });
}

export function blobEmpty(): MillraceError {
  return new MillraceError({
    code: "blob-empty",
    shortMessage: "The body is empty.",
    nextStep: "Send the module's bytes as the raw request body.",
  });
}

export function cidMismatch(expected: string, actual: string): MillraceError {
  return new MillraceError({
    code: "cid-mismatch",
    shortMessage: `The bytes have the CID ${actual}, not ${expected}.`,
    nextStep: "Send them again, or compute the CID of the file that you mean to send.",
  });
}

export function quotaExhausted(usedBytes: number, quotaBytes: number): MillraceError {
  return new MillraceError({
    code: "blob-quota-exhausted",
    shortMessage: `The blob store is full: ${mebibytes(usedBytes)} of ${mebibytes(quotaBytes)} are in use.`,
    nextStep: "Ask the operator for more room, or use another backend.",
  });
}

export function diskFull(cause: unknown): MillraceError {
  return new MillraceError({
    code: "disk-full",
    shortMessage: "The disk of the blob store is full.",
    nextStep: "Ask the operator for more room, or use another backend.",
    cause,
  });
}

export function uploadInterrupted(cause: unknown): MillraceError {
  return new MillraceError({
    code: "upload-interrupted",
    shortMessage: "The connection ended before the whole body had arrived. Nothing was stored.",
    nextStep: "Send it again.",
    cause,
    retryable: true,
  });
}

export function blobCorrupted(cid: string): MillraceError {
  return new MillraceError({
    code: "blob-corrupted",
    shortMessage: `The stored file no longer has the CID ${cid}; it was taken out of service.`,
    nextStep: "Upload the module again.",
  });
}

function mebibytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1).replace(/\.0$/, "")} MiB`;
}
