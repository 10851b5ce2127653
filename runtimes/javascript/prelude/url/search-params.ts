import { implementation as Implementation } from "whatwg-url/lib/URLSearchParams-impl.js";

export type SearchParamsInit = string | Iterable<Iterable<string>> | Record<string, string>;

function readInit(init: unknown): string | string[][] {
  if (typeof init !== "object" || init === null) return String(init).toWellFormed();
  const pairs = Symbol.iterator in init ? [...(init as Iterable<Iterable<string>>)] : Object.entries(init);
  return pairs.map((pair) => Array.from(pair as Iterable<unknown>, (part) => String(part).toWellFormed()));
}

function text(value: unknown): string {
  return String(value).toWellFormed();
}

export class URLSearchParams {
  #own: Implementation;

  constructor(init: SearchParamsInit = "") {
    this.#own = new Implementation(globalThis, [readInit(init)], {});
  }

  /** Those of an URL, which changes with them. */
  static of(own: Implementation): URLSearchParams {
    const made = new URLSearchParams();
    made.#own = own;
    return made;
  }

  get size(): number {
    return this.#own.size;
  }

  append(name: unknown, value: unknown): void {
    this.#own.append(text(name), text(value));
  }

  delete(name: unknown, value?: unknown): void {
    this.#own.delete(text(name), value === undefined ? undefined : text(value));
  }

  get(name: unknown): string | null {
    return this.#own.get(text(name));
  }

  getAll(name: unknown): string[] {
    return this.#own.getAll(text(name));
  }

  has(name: unknown, value?: unknown): boolean {
    return this.#own.has(text(name), value === undefined ? undefined : text(value));
  }

  set(name: unknown, value: unknown): void {
    this.#own.set(text(name), text(value));
  }

  sort(): void {
    this.#own.sort();
  }

  forEach(callback: (value: string, name: string, params: URLSearchParams) => void, self?: unknown): void {
    for (const [name, value] of this) callback.call(self, value, name, this);
  }

  *entries(): IterableIterator<[string, string]> {
    for (const [name, value] of this.#own) yield [name, value];
  }

  *keys(): IterableIterator<string> {
    for (const [name] of this.#own) yield name;
  }

  *values(): IterableIterator<string> {
    for (const [, value] of this.#own) yield value;
  }

  [Symbol.iterator](): IterableIterator<[string, string]> {
    return this.entries();
  }

  toString(): string {
    return this.#own.toString();
  }

  get [Symbol.toStringTag](): string {
    return "URLSearchParams";
  }
}
