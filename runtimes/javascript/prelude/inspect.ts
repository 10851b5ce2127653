import { URL } from "./url/url.ts";

const DEEPEST = 3;
const MOST_ENTRIES = 100;

/** An error with its stack and causes. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return `Uncaught ${inspect(error)}`;
  const { cause } = error;
  const own = error instanceof AggregateError ? (error.errors as unknown[]) : [];
  return [
    `${String(error)}\n${error.stack ?? ""}`.trimEnd(),
    ...own.map((inner) => `  ${describeError(inner)}`),
    ...(cause === undefined ? [] : [`  [cause]: ${describeError(cause)}`]),
  ].join("\n");
}

/** A value for a person to read. */
export function inspect(value: unknown, depth = 0, above: readonly unknown[] = []): string {
  if (typeof value === "string") return depth === 0 ? value : JSON.stringify(value);
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "symbol") return value.toString();
  if (typeof value === "function") return `[function ${value.name || "(anonymous)"}]`;
  if (typeof value !== "object" || value === null) return Object.is(value, -0) ? "-0" : String(value);
  if (value instanceof Error) return describeError(value);
  if (above.includes(value)) return "[circular]";
  if (value instanceof Date || value instanceof RegExp || value instanceof URL) return String(value);
  if (depth >= DEEPEST) return Array.isArray(value) ? "[…]" : "{…}";
  const inner = (part: unknown): string => inspect(part, depth + 1, [...above, value]);
  return inspectObject(value, inner);
}

function inspectObject(value: object, inner: (part: unknown) => string): string {
  const name = (Object.getPrototypeOf(value) as object | null)?.constructor.name ?? "";
  if (Array.isArray(value)) return `[${list(value, inner)}]`;
  if (ArrayBuffer.isView(value) && !(value instanceof DataView))
    return `${name}(${String((value as Uint8Array).length)}) [${list(value as Uint8Array, inner)}]`;
  if (value instanceof Set) return `Set(${value.size}) {${list(value, inner)}}`;
  if (value instanceof Map || Symbol.toStringTag in value) {
    const entries = value as Iterable<[unknown, unknown]>;
    if (Symbol.iterator in value)
      return `${name} {${list(entries, ([key, part]) => `${inner(key)} => ${inner(part)}`)}}`;
  }
  const fields = list(Object.entries(value), ([key, part]) => `${key}: ${inner(part)}`);
  const prefix = name === "Object" || name === "" ? "" : `${name} `;
  return fields === "" ? `${prefix}{}` : `${prefix}{ ${fields} }`;
}

function list<T>(parts: Iterable<T>, show: (part: T) => string): string {
  const shown: string[] = [];
  for (const part of parts) {
    if (shown.length === MOST_ENTRIES) return [...shown, "…"].join(", ");
    shown.push(show(part));
  }
  return shown.join(", ");
}
