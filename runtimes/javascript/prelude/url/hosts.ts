// What whatwg-url asks of tr46 and @exodus/bytes (scripts/bundle-prelude.ts puts this in their place). The tables of
// Unicode's IDNA mapping are left out: a host in other letters is lower-cased, composed (NFC) and written in Punycode.
import { toASCII as toPunycode } from "punycode/punycode.js";
import { utf8PercentEncodeString } from "whatwg-url/lib/percent-encoding.js";

/** The ASCII form of a host's name; null for one with an invalid Punycode part. */
export function toASCII(domain: string): string | null {
  try {
    return toPunycode(domain.replaceAll("\u00AD", "").toLowerCase().normalize("NFC"));
  } catch {
    return null;
  }
}

/** Percent-encodes a query; only UTF-8 is there. */
export function percentEncodeAfterEncoding(_encoding: string, text: string, characters: string): string {
  return utf8PercentEncodeString(
    text,
    (byte) => byte <= 0x20 || byte > 0x7e || characters.includes(String.fromCharCode(byte)),
  );
}
