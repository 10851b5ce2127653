const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** Line breaks would end a header: an answer could get headers nobody wrote. Characters are bytes. */
const FORBIDDEN_IN_VALUE = /[\0\r\n\u0100-\uffff]/;
const AROUND_VALUE = /^[\t\n\r ]+|[\t\n\r ]+$/g;

export type HeadersInit = Headers | Iterable<Iterable<string>> | Record<string, string>;

function checkName(name: unknown): string {
  const text = String(name);
  if (!NAME.test(text)) throw new TypeError(`"${text}" is not a header's name`);
  return text.toLowerCase();
}

function checkValue(value: unknown): string {
  const text = String(value);
  if (!FORBIDDEN_IN_VALUE.test(text) && !text.startsWith(" ") && !text.endsWith(" ")) return text;
  const trimmed = text.replace(AROUND_VALUE, "");
  if (FORBIDDEN_IN_VALUE.test(trimmed))
    throw new TypeError("a header's value has no line breaks and no characters above U+00FF");
  return trimmed;
}

export class Headers {
  /** Lower-case names in the order of their first setting. */
  readonly #values = new Map<string, string[]>();

  constructor(init?: HeadersInit | null) {
    if (init === undefined || init === null) return;
    if (typeof init !== "object") throw new TypeError("headers are an object, a list of pairs or a Headers");
    if (Symbol.iterator in init) {
      for (const pair of init as Iterable<Iterable<string>>) {
        const [name, value, ...rest] = pair;
        if (value === undefined || rest.length > 0)
          throw new TypeError("a header is a pair of name and value");
        this.append(name, value);
      }
    } else for (const name of Reflect.ownKeys(init) as string[]) this.append(name, init[name]);
  }

  /** Those of a call: names in lower case, each once, which the node has checked. */
  static ofCall(values: Record<string, string>): Headers {
    const headers = new Headers();
    for (const name in values) headers.#values.set(name, [values[name] ?? ""]);
    return headers;
  }

  append(name: unknown, value: unknown): void {
    const [key, text] = [checkName(name), checkValue(value)];
    const values = this.#values.get(key);
    if (values === undefined) this.#values.set(key, [text]);
    else values.push(text);
  }

  set(name: unknown, value: unknown): void {
    const [key, text] = [checkName(name), checkValue(value)];
    this.#values.set(key, [text]);
  }

  delete(name: unknown): void {
    this.#values.delete(checkName(name));
  }

  get(name: unknown): string | null {
    return this.#values.get(checkName(name))?.join(", ") ?? null;
  }

  has(name: unknown): boolean {
    return this.#values.has(checkName(name));
  }

  getSetCookie(): string[] {
    return [...(this.#values.get("set-cookie") ?? [])];
  }

  forEach(callback: (value: string, name: string, headers: Headers) => void, self?: unknown): void {
    for (const [name, value] of this) callback.call(self, value, name, this);
  }

  /** Sorted by name; a list of cookies is one entry each. */
  static list(headers: Headers): [string, string][] {
    const pairs: [string, string][] = [];
    for (const name of [...headers.#values.keys()].sort()) {
      const values = headers.#values.get(name) ?? [];
      if (name === "set-cookie") for (const value of values) pairs.push([name, value]);
      else pairs.push([name, values.join(", ")]);
    }
    return pairs;
  }

  entries(): IterableIterator<[string, string]> {
    return Headers.list(this).values();
  }

  keys(): IterableIterator<string> {
    return Headers.list(this)
      .map(([name]) => name)
      .values();
  }

  values(): IterableIterator<string> {
    return Headers.list(this)
      .map(([, value]) => value)
      .values();
  }

  [Symbol.iterator](): IterableIterator<[string, string]> {
    return this.entries();
  }

  get [Symbol.toStringTag](): string {
    return "Headers";
  }
}
