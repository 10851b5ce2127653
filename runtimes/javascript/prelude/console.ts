import { inspect } from "./inspect.ts";
import { natives } from "./natives.ts";

function write(...values: unknown[]): void {
  natives.log(`${format(values)}\n`);
}

/** `%s`, `%d`, `%i`, `%f`, `%j`, `%o`, `%O`, `%c` and `%%` in a first text, then the rest, each after a space. */
function format([first, ...rest]: unknown[]): string {
  if (typeof first !== "string" || !first.includes("%"))
    return [first, ...rest].map((value) => inspect(value)).join(" ");
  const text = first.replace(/%[sdifjoOc%]/g, (sign) => {
    if (sign === "%%") return "%";
    return rest.length === 0 ? sign : formatAs(sign, rest.shift());
  });
  return [text, ...rest.map((value) => inspect(value))].join(" ");
}

function formatAs(sign: string, value: unknown): string {
  switch (sign) {
    case "%c":
      return "";
    case "%s":
      return inspect(value);
    case "%i":
      return String(Math.trunc(Number(value)));
    case "%d":
    case "%f":
      return String(Number(value));
    case "%j":
      return JSON.stringify(value);
    default:
      return inspect(value, 1);
  }
}

/** Everything goes to the log. */
export const console = {
  ...{ log: write, info: write, warn: write, error: write, debug: write },
  dir: (value: unknown) => write(value),
  trace: (...values: unknown[]) => write(`Trace: ${format(values)}\n${new Error().stack ?? ""}`),
  assert(condition: unknown, ...values: unknown[]): void {
    if (!condition) write("Assertion failed:", ...values);
  },
};
