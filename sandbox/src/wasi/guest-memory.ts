import { ERRNO, WasiError } from "./errno.ts";

const MAX_VECTORS = 1024;
const VECTOR_BYTES = 8;

/** A program's memory. Every address comes from the program, so every access is checked. */
export interface GuestMemory {
  setU8(address: number, value: number): void;
  setU16(address: number, value: number): void;
  setU32(address: number, value: number): void;
  setU64(address: number, value: bigint): void;
  getU8(address: number): number;
  getU16(address: number): number;
  getU32(address: number): number;
  getU64(address: number): bigint;
  /** A view of `length` bytes, valid until the program runs on. */
  bytes(address: number, length: number): Uint8Array;
  /** Views of all parts of a scatter or gather list. */
  vectors(address: number, count: number): Uint8Array[];
}

/**
 * Makes checked access to a memory that may grow and that exists only once the instance does.
 * Accesses outside throw a WasiError `fault`.
 */
export function createGuestMemory(getMemory: () => WebAssembly.Memory | undefined): GuestMemory {
  let view = new DataView(new ArrayBuffer(0));

  function at(address: number, length: number): DataView {
    const buffer = getMemory()?.buffer;
    if (buffer === undefined) throw new WasiError(ERRNO.fault);
    if (view.buffer !== buffer) view = new DataView(buffer);
    if ((address >>> 0) + (length >>> 0) > buffer.byteLength) throw new WasiError(ERRNO.fault);
    return view;
  }
  const bytes = (address: number, length: number): Uint8Array =>
    new Uint8Array(at(address, length).buffer, address >>> 0, length >>> 0);
  const getU32 = (address: number): number => at(address, 4).getUint32(address >>> 0, true);

  return {
    setU8: (address, value) => at(address, 1).setUint8(address >>> 0, value),
    setU16: (address, value) => at(address, 2).setUint16(address >>> 0, value, true),
    setU32: (address, value) => at(address, 4).setUint32(address >>> 0, value, true),
    setU64: (address, value) => at(address, 8).setBigUint64(address >>> 0, value, true),
    getU8: (address) => at(address, 1).getUint8(address >>> 0),
    getU16: (address) => at(address, 2).getUint16(address >>> 0, true),
    getU32,
    getU64: (address) => at(address, 8).getBigUint64(address >>> 0, true),
    bytes,
    vectors(address, count) {
      const length = count >>> 0;
      if (length > MAX_VECTORS) throw new WasiError(ERRNO.inval);
      const start = address >>> 0;
      return Array.from({ length }, (_unused, index) => {
        const vector = start + index * VECTOR_BYTES;
        if (vector > 0xffff_ffff) throw new WasiError(ERRNO.fault);
        return bytes(getU32(vector), getU32(vector + 4));
      });
    },
  };
}
