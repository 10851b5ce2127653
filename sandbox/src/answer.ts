import type { Manifest } from "@millrace/machine";

/** An answer as it goes to the caller. */
export interface FunctionAnswer {
  status: number;
  /** Names in lower case, in the order in which the function wrote them; the content type is among them. */
  headers: [name: string, value: string][];
  body: Uint8Array;
}

const MAX_HEAD_BYTES = 8 * 1024;
const MAX_HEADERS = 64;
const LINE_FEED = 10;
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** What may stand in a header's value: no control characters. */
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
/** They are about one connection (RFC 9110, 7.6.1), which is not the function's. */
const HOP_BY_HOP = new Set([
  ...["connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection"],
  ...["te", "trailer", "transfer-encoding", "upgrade"],
]);
const WITHOUT_BODY = new Set([204, 205, 304]);

/**
 * Reads what a function wrote as the manifest says: all of it the body, or the headers of a CGI response (RFC 3875, 6) before it.
 * @returns a sentence that says what is wrong, where it is none
 */
export function readAnswer(
  output: Uint8Array,
  manifest: Pick<Manifest, "answer" | "contentType">,
): FunctionAnswer | string {
  const ownType: [string, string] = ["content-type", manifest.contentType];
  if (manifest.answer === "body") return { status: 200, headers: [ownType], body: output };
  const split = splitHead(output);
  if (typeof split === "string") return split;
  const head = readHead(split.lines);
  if (typeof head === "string") return head;
  const { status, headers } = head;
  const hasType = headers.some(([name]) => name === "content-type");
  const body = WITHOUT_BODY.has(status) ? new Uint8Array(0) : output.subarray(split.bodyStart);
  return { status, headers: hasType || body.length === 0 ? headers : [ownType, ...headers], body };
}

/** The lines up to the empty one, and where the body begins. */
function splitHead(output: Uint8Array): { lines: string[]; bodyStart: number } | string {
  const lines: string[] = [];
  const limit = Math.min(output.length, MAX_HEAD_BYTES);
  for (let start = 0; ;) {
    const end = output.subarray(0, limit).indexOf(LINE_FEED, start);
    if (end === -1 && output.length > MAX_HEAD_BYTES)
      return `its headers do not end within ${MAX_HEAD_BYTES / 1024} KiB`;
    if (end === -1) return "no empty line ends its headers";
    // Bytes as they are: what is no ASCII is judged as a header's value is.
    const line = Buffer.from(output.subarray(start, end)).toString("latin1").replace(/\r$/, "");
    start = end + 1;
    if (line === "") return { lines, bodyStart: start };
    lines.push(line);
  }
}

function readHead(lines: readonly string[]): Omit<FunctionAnswer, "body"> | string {
  if (lines.length > MAX_HEADERS) return `it has more than ${MAX_HEADERS} headers`;
  const headers: [string, string][] = [];
  let status: number | undefined;
  for (const line of lines) {
    const colon = line.indexOf(":");
    const [name, value] = [line.slice(0, Math.max(colon, 0)).toLowerCase(), line.slice(colon + 1).trim()];
    if (!TOKEN.test(name) || !VALUE.test(value))
      return `this is no header: ${JSON.stringify(line.slice(0, 80))}`;
    if (name === "status") {
      if (status !== undefined) return "it has more than one status";
      if (!/^[2-5]\d\d( |$)/.test(value))
        return `${JSON.stringify(value.slice(0, 80))} is no status from 200 to 599`;
      status = Number(value.slice(0, 3));
    } else if (HOP_BY_HOP.has(name) || name.startsWith("millrace-")) {
      return `the header ${name} is not the function's to set`;
    } else if (name !== "content-length") headers.push([name, value]);
  }
  const moves = headers.some(([name]) => name === "location");
  return { status: status ?? (moves ? 302 : 200), headers };
}
