// In place of whatwg-url's file of this name.
import { natives } from "../natives.ts";
import { encodeUtf8 } from "../text.ts";

export const utf8Encode = encodeUtf8;

export function utf8DecodeWithoutBOM(bytes: Uint8Array): string {
  return natives.decode(bytes, false) ?? "";
}
