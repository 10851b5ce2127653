/** Where a script stands in the data space (docs/machine.md, Scripts): the middle of the space. */
export const SCRIPT_ADDRESS = 2 ** 23;
/** Pages of the native memory behind the data space: 16 MiB. What nothing writes to takes no memory of the host. */
export const DATA_PAGES = 256;
/** The most bytes of a script. */
export const MAX_SCRIPT_BYTES = 2 ** 22;

/** A script as it stands in the data space: its length, 4 bytes, little-endian, then its bytes; nothing without one. */
export function encodeScript(script: Uint8Array | undefined): Uint8Array {
  if (script === undefined) return new Uint8Array(0);
  const encoded = new Uint8Array(4 + script.length);
  new DataView(encoded.buffer).setUint32(0, script.length, true);
  encoded.set(script, 4);
  return encoded;
}
