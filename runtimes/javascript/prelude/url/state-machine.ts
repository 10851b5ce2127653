// In place of whatwg-url's file: the same, but for addresses that need no state machine.
import { basicURLParse as parse } from "whatwg-url/lib/url-state-machine.js";
import type { ParseOptions } from "whatwg-url/lib/url-state-machine.js";
import { parseSimple } from "./simple-url.ts";

export * from "whatwg-url/lib/url-state-machine.js";

export function basicURLParse(input: string, options?: ParseOptions): object | null {
  const isWhole = options?.url === undefined && options?.stateOverride === undefined;
  return (isWhole ? parseSimple(input) : undefined) ?? parse(input, options);
}
