import { Body, readInit } from "./body.ts";
import type { BodyInit, Content } from "./body.ts";
import { Headers } from "./headers.ts";
import type { HeadersInit } from "./headers.ts";
import { URL } from "./url/url.ts";

const WITHOUT_BODY = new Set([101, 103, 204, 205, 304]);
const REDIRECTS = new Set([301, 302, 303, 307, 308]);

export interface ResponseInit {
  status?: unknown;
  statusText?: unknown;
  headers?: HeadersInit;
}

export class Response extends Body {
  readonly status: number;
  readonly statusText: string;
  readonly headers: Headers;
  readonly type = "default";
  readonly url = "";
  readonly redirected = false;

  constructor(body?: BodyInit, init: ResponseInit = {}) {
    const { content, type } = readInit(body);
    super(content);
    this.status = init.status === undefined ? 200 : Number(init.status);
    if (!Number.isInteger(this.status) || this.status < 200 || this.status > 599)
      throw new RangeError(`A response's status is from 200 to 599, not ${String(init.status)}.`);
    if (content !== undefined && WITHOUT_BODY.has(this.status))
      throw new TypeError(`A response with status ${this.status} has no body.`);
    this.statusText = String(init.statusText ?? "");
    if (!/^[\t\x20-\x7e\x80-\xff]*$/.test(this.statusText))
      throw new TypeError("A response's statusText cannot contain line breaks.");
    this.headers = new Headers(init.headers);
    if (type !== undefined && !this.headers.has("content-type")) this.headers.set("content-type", type);
  }

  get ok(): boolean {
    return this.status >= 200 && this.status < 300;
  }

  clone(): Response {
    const content = Body.shareContent(this);
    const { status, statusText, headers } = this;
    return withContent(content, { status, statusText, headers });
  }

  static json(data: unknown, init: ResponseInit = {}): Response {
    const text = JSON.stringify(data) as string | undefined;
    if (text === undefined) throw new TypeError("This value has no JSON.");
    const headers = new Headers(init.headers);
    if (!headers.has("content-type")) headers.set("content-type", "application/json");
    return new Response(text, { ...init, headers });
  }

  static redirect(url: string | URL, status = 302): Response {
    if (!REDIRECTS.has(status)) throw new RangeError(`${status} is not the status of a redirect.`);
    return new Response(null, { status, headers: { location: new URL(url).href } });
  }

  get [Symbol.toStringTag](): string {
    return "Response";
  }
}

function withContent(content: Content | undefined, init: ResponseInit): Response {
  return new Response(typeof content === "function" ? content() : content, init);
}
