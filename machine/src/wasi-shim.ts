import { SHIM_BASE64 } from "./generated/shim.ts";

/**
 * The compiled shim (`machine/shim`): its exports `wasi_snapshot_preview1.…` serve a module's imports, its exports
 * `millrace.memory_…` the bulk instructions.
 */
export function wasiShim(): { wasm: Uint8Array } {
  return { wasm: Uint8Array.from(atob(SHIM_BASE64), (character) => character.charCodeAt(0)) };
}
