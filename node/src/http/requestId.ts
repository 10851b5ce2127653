import { randomUUID } from "node:crypto";

/** Takes the caller's request id if it is safe in headers and logs, else makes one. */
export function requestIdFrom(header: string | string[] | undefined): string {
  return typeof header === "string" && /^[A-Za-z0-9._:-]{1,64}$/.test(header) ? header : randomUUID();
}
