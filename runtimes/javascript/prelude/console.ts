import { inspect } from "./inspect.ts";
import { natives } from "./natives.ts";

function write(...values: unknown[]): void {
  natives.log(`${format(values)}\n`);
}

/** `%s`, `%d`, `%i`, `%f`, `%j`, `%o`, `%O`, `%c` and `%%` in a first text, then the rest, each after a space. */
function format([first, ...rest]: unknown[]): string {
  if (typeof first !== "string" || !first.includes("%")) return [first, ...rest].map((v) => inspect(v)).join(" ");
  const text = first.replace(/%[sdifjoOc%]/g, (sign) => {
    if (sign === "%%") return "%";
    if (rest.length === 0) return sign;
    const value = rest.shift();
    if (sign === "%c") return "";
    if (sign === "%j") return JSON.stringify(value);
    if (sign === "%s") return typeof value === "object" ? inspect(value) : String(value);
    return sign === "%d" || sign === "%f" ? String(Number(value)) : sign === "%i" ? String(parseInt(String(value), 10)) : inspect(value, 1);
  });
  return [text, ...rest.map((value) => inspect(value))].join(" ");
}

/** Everything goes to the log. */
export const console = {
  ...{ log: write, info: write, warn: write, error: write, debug: write, dir: (value: unknown) => write(value) },
  trace: (...values: unknown[]) => write(`Trace: ${format(values)}\n${new Error().stack ?? ""}`),
  assert(condition: unknown, ...values: unknown[]): void {
    if (!condition) write("Assertion failed:", ...values);
  },
};
