// In place of whatwg-url's file: texts instead of bytes, since most need no decoding.
import {
  percentDecodeString,
  isURLEncodedPercentEncode,
  utf8PercentEncodeString,
} from "whatwg-url/lib/percent-encoding.js";
import { utf8DecodeWithoutBOM } from "./encoding.ts";

const PLAIN = /^[\w*\-.]*$/;

export function parseUrlencodedString(input: string): [string, string][] {
  const pairs: [string, string][] = [];
  for (const part of input.split("&")) {
    if (part === "") continue;
    const at = part.indexOf("=");
    pairs.push(at < 0 ? [decode(part), ""] : [decode(part.slice(0, at)), decode(part.slice(at + 1))]);
  }
  return pairs;
}

export function serializeUrlencoded(pairs: [string, string][]): string {
  return pairs.map(([name, value]) => `${encode(name)}=${encode(value)}`).join("&");
}

function decode(text: string): string {
  const spaced = text.includes("+") ? text.replaceAll("+", " ") : text;
  return spaced.includes("%") ? utf8DecodeWithoutBOM(percentDecodeString(spaced)) : spaced;
}

function encode(text: string): string {
  return PLAIN.test(text) ? text : utf8PercentEncodeString(text, isURLEncodedPercentEncode, true);
}
