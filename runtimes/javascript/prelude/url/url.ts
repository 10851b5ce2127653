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

  get href(): string {
    return this.#own.href;
  }
  set href(value: unknown) {
    this.#own.href = text(value);
  }

  get protocol(): string {
    return this.#own.protocol;
  }
  set protocol(value: unknown) {
    this.#own.protocol = text(value);
  }

  get username(): string {
    return this.#own.username;
  }
  set username(value: unknown) {
    this.#own.username = text(value);
  }

  get password(): string {
    return this.#own.password;
  }
  set password(value: unknown) {
    this.#own.password = text(value);
  }

  get host(): string {
    return this.#own.host;
  }
  set host(value: unknown) {
    this.#own.host = text(value);
  }

  get hostname(): string {
    return this.#own.hostname;
  }
  set hostname(value: unknown) {
    this.#own.hostname = text(value);
  }

  get port(): string {
    return this.#own.port;
  }
  set port(value: unknown) {
    this.#own.port = text(value);
  }

  get pathname(): string {
    return this.#own.pathname;
  }
  set pathname(value: unknown) {
    this.#own.pathname = text(value);
  }

  get search(): string {
    return this.#own.search;
  }
  set search(value: unknown) {
    this.#own.search = text(value);
  }

  get hash(): string {
    return this.#own.hash;
  }
  set hash(value: unknown) {
    this.#own.hash = text(value);
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
}
