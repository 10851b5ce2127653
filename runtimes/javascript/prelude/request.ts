import { Body, readInit } from "./body.ts";
import type { BodyInit, Content } from "./body.ts";
import { Headers } from "./headers.ts";
import type { HeadersInit } from "./headers.ts";
import { URL } from "./url/url.ts";

const UPPER_CASED = new Set(["DELETE", "GET", "HEAD", "OPTIONS", "POST", "PUT"]);
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

export interface RequestInit {
  method?: string;
  headers?: HeadersInit;
  body?: BodyInit;
}

/** A call's request is made without parsing its address again. */
export interface CallParts {
  url: string;
  method: string;
  headers: Headers;
  content: Content | undefined;
}

const callParts = Symbol("call");

export class Request extends Body {
  readonly url: string;
  readonly method: string;
  readonly headers: Headers;

  constructor(input: string | URL | Request, init: RequestInit = {}) {
    if (callParts in init) {
      const { url, method, headers, content } = init[callParts] as CallParts;
      super(content);
      this.url = url;
      this.method = method;
      this.headers = headers;
      return;
    }
    const from = input instanceof Request ? input : undefined;
    const { content, type } = readInit(init.body);
    const method = readMethod(init.method ?? from?.method ?? "GET");
    if (content !== undefined && (method === "GET" || method === "HEAD"))
      throw new TypeError(`A request with method ${method} has no body.`);
    super(content ?? (from?.body ? Body.takeContent(from) : undefined));
    this.url = from === undefined ? new URL(input).href : from.url;
    this.method = method;
    this.headers = new Headers(init.headers ?? from?.headers);
    if (type !== undefined && !this.headers.has("content-type")) this.headers.set("content-type", type);
  }

  clone(): Request {
    const { url, method, headers } = this;
    const content = Body.shareContent(this);
    return createRequest({ url, method, headers: new Headers(headers), content });
  }

  get [Symbol.toStringTag](): string {
    return "Request";
  }
}

/** The request of a call. */
export function createRequest(parts: CallParts): Request {
  return new Request("", { [callParts]: parts } as RequestInit);
}

function readMethod(method: unknown): string {
  const text = String(method);
  if (!TOKEN.test(text)) throw new TypeError(`"${text}" is not a method`);
  return UPPER_CASED.has(text.toUpperCase()) ? text.toUpperCase() : text;
}
