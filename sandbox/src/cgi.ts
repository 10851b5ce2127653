import type { Manifest } from "@millrace/machine";
import type { CallRequest } from "./types.ts";

/** Header fields that do not become `HTTP_…`: credentials, the limit of the fuel, what has a variable of its own, and hop-by-hop fields. */
const WITHHELD_HEADERS = new Set([
  ...["authorization", "proxy-authorization", "millrace-permission", "millrace-caller"],
  // What a function answers does not depend on it.
  "millrace-fuel-limit",
  ...["content-type", "content-length"],
  // HTTP_PROXY would be taken for a proxy's address by many HTTP libraries (httpoxy).
  ...["proxy", "connection", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade"],
]);

/**
 * Turns a request into the environment of a CGI program (RFC 3875, section 4.1) plus the call's and the
 * manifest's own variables, which never replace one of the request.
 * @returns `NAME=value` texts, sorted by name
 */
export function cgiEnvironment(request: CallRequest, manifest: Manifest): string[] {
  const headers = lowerCased(request.headers);
  const variables: Record<string, string | undefined> = {
    ...manifest.env,
    ...request.env,
    GATEWAY_INTERFACE: "CGI/1.1",
    SERVER_PROTOCOL: "HTTP/1.1",
    SERVER_SOFTWARE: "millrace",
    REQUEST_METHOD: request.method,
    REQUEST_ID: request.requestId,
    SCRIPT_NAME: "",
    PATH_INFO: request.path,
    QUERY_STRING: request.query,
    CONTENT_TYPE: headers.get("content-type"),
    CONTENT_LENGTH: request.body.length > 0 ? String(request.body.length) : undefined,
    REMOTE_ADDR: request.remoteAddress,
    ...serverVariables(headers.get("host")),
    ...headerVariables(headers),
  };
  return Object.entries(variables)
    .filter((entry): entry is [string, string] => entry[1] !== undefined && !entry[1].includes("\0"))
    .map(([name, value]) => `${name}=${value}`)
    .sort();
}

function lowerCased(headers: Record<string, string>): Map<string, string> {
  return new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

function serverVariables(host: string | undefined): Record<string, string> {
  const [, name, port] = /^(\[[0-9a-fA-F:.]+\]|[^:/\s]+)(?::(\d{1,5}))?$/.exec(host ?? "") ?? [];
  return {
    ...(name === undefined ? {} : { SERVER_NAME: name }),
    ...(port === undefined ? {} : { SERVER_PORT: port }),
  };
}

function headerVariables(headers: Map<string, string>): Record<string, string> {
  // A name with an underscore could pass for another header once it is a variable.
  const isPlain = (name: string): boolean => /^[a-z0-9-]+$/.test(name) && !WITHHELD_HEADERS.has(name);
  const shown = [...headers].filter(([name]) => isPlain(name));
  return Object.fromEntries(
    shown.map(([name, value]) => [`HTTP_${name.toUpperCase().replaceAll("-", "_")}`, value]),
  );
}
