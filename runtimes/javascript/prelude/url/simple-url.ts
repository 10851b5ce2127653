/** What whatwg-url's parser makes of an address. */
interface UrlRecord {
  scheme: string;
  username: string;
  password: string;
  host: string;
  port: number | null;
  path: string[];
  query: string | null;
  fragment: string | null;
}

/**
 * Addresses that stand already as the parser would write them: a host whose last label is no number, no Punycode, no dot segments, no
 * characters to encode.
 */
const SIMPLE =
  /^(https?):\/\/((?:[a-z0-9-]+\.)*[a-z][a-z0-9-]*)(?::([0-9]{1,4}))?((?:\/[\w\-~!$&'()*+,;=:@%.]*)*)(?:\?([\w\-~!$&()*+,;=:@%./?]*))?$/;
const DOT_SEGMENT_OR_PUNYCODE = /\/(?:\.|%2e)|\/\/xn--|\.xn--/i;
const DEFAULT_PORTS: Record<string, number> = { http: 80, https: 443 };

/** The record of a simple address, without the state machine; undefined for any other. */
export function parseSimple(input: string): UrlRecord | undefined {
  const found = SIMPLE.exec(input);
  if (found === null || DOT_SEGMENT_OR_PUNYCODE.test(input)) return undefined;
  const scheme = found[1] ?? "";
  const port = found[3] === undefined ? null : Number(found[3]);
  const path = found[4] ?? "";
  return {
    scheme,
    username: "",
    password: "",
    host: found[2] ?? "",
    port: port === DEFAULT_PORTS[scheme] ? null : port,
    path: path === "" ? [""] : path.slice(1).split("/"),
    query: found[5] ?? null,
    fragment: null,
  };
}
