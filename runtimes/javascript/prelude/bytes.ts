/** Bytes as the Web's functions take them. */
export type BufferSource = ArrayBufferLike | ArrayBufferView;

/** Whether a value is bytes. */
export function isBufferSource(value: unknown): value is BufferSource {
  return value instanceof ArrayBuffer || ArrayBuffer.isView(value);
}

/**
 * The bytes themselves, not a copy.
 * @throws TypeError for anything else
 */
export function viewBytes(source: unknown): Uint8Array {
  if (source instanceof Uint8Array) return source;
  if (ArrayBuffer.isView(source)) return new Uint8Array(source.buffer, source.byteOffset, source.byteLength);
  if (source instanceof ArrayBuffer) return new Uint8Array(source);
  throw new TypeError("expected an ArrayBuffer, a typed array or a DataView");
}
