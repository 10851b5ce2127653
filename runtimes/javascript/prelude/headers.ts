const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
// Obsolete line folding and control characters end a header's value: an answer could get headers nobody wrote.
const FORBIDDEN_IN_VALUE = /[\0\r\n]/;
const AROUND_VALUE = /^[\t\n\r ]+|[\t\n\r ]+$/g;

export type HeadersInit = Headers | Iterable<Iterable<string>> | Record<string, string>;

function checkName(name: unknown): string {
  const text = String(name);
  if (!NAME.test(text)) throw new TypeError(`"${text}" is not a header's name`);
  return text.toLowerCase();
}

function checkValue(value: unknown): string {
  const text = String(value).replace(AROUND_VALUE, "");
  if (FORBIDDEN_IN_VALUE.test(text)) throw new TypeError("a header's value cannot contain line breaks");
  if (/[^\0-\xff]/.test(text)) throw new TypeError("a header's value cannot contain characters above U+00FF");
  return text;
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

  *entries(): IterableIterator<[string, string]> {
    for (const name of [...this.#values.keys()].sort()) {
      const values = this.#values.get(name) ?? [];
      if (name === "set-cookie") for (const value of values) yield [name, value];
      else yield [name, values.join(", ")];
    }
  }

  *keys(): IterableIterator<string> {
    for (const [name] of this) yield name;
  }

  *values(): IterableIterator<string> {
    for (const [, value] of this) yield value;
  }

  [Symbol.iterator](): IterableIterator<[string, string]> {
    return this.entries();
  }

  get [Symbol.toStringTag](): string {
    return "Headers";
  }
}
