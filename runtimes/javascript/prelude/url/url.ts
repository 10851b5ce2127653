import { implementation as Implementation } from "whatwg-url/lib/URL-impl.js";
import { URLSearchParams } from "./search-params.ts";

function text(value: unknown): string {
  return String(value).toWellFormed();
}

function optionalText(value: unknown): string | undefined {
  return value === undefined ? undefined : text(value);
}

export class URL {
  readonly #own: Implementation;
  #searchParams: URLSearchParams | undefined;

  constructor(url: unknown, base?: unknown) {
    this.#own = new Implementation(globalThis, [text(url), optionalText(base)]);
  }

  static canParse(url: unknown, base?: unknown): boolean {
    return Implementation.canParse(text(url), optionalText(base));
  }

  static parse(url: unknown, base?: unknown): URL | null {
    return URL.canParse(url, base) ? new URL(url, base) : null;
  }

  get searchParams(): URLSearchParams {
    this.#searchParams ??= URLSearchParams.of(this.#own.searchParams);
    return this.#searchParams;
  }

  get origin(): string {
    return this.#own.origin;
  }

  toString(): string {
    return this.#own.href;
  }

  toJSON(): string {
    return this.#own.href;
  }

  get [Symbol.toStringTag](): string {
    return "URL";
  }

  static {
    const parts = ["href", "protocol", "username", "password", "host", "hostname", "port", "pathname", "search", "hash"];
    for (const part of parts as "href"[])
      Object.defineProperty(URL.prototype, part, {
        get(this: URL) {
          return this.#own[part];
        },
        set(this: URL, value: unknown) {
          this.#own[part] = text(value);
        },
        ...{ enumerable: true, configurable: true },
      });
  }
}
