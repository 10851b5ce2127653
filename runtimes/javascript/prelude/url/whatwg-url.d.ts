/** The parts of whatwg-url that are bundled: its implementation without the classes generated for jsdom. */
declare module "whatwg-url/lib/URL-impl.js" {
  import type { implementation as Params } from "whatwg-url/lib/URLSearchParams-impl.js";

  export class implementation {
    constructor(globalObject: object, args: [string, string | undefined]);
    static canParse(url: string, base: string | undefined): boolean;
    href: string;
    readonly origin: string;
    protocol: string;
    username: string;
    password: string;
    host: string;
    hostname: string;
    port: string;
    pathname: string;
    search: string;
    hash: string;
    readonly searchParams: Params;
  }
}

declare module "whatwg-url/lib/URLSearchParams-impl.js" {
  export class implementation implements Iterable<[string, string]> {
    constructor(globalObject: object, args: [string | string[][]], options: { doNotStripQMark?: boolean });
    readonly size: number;
    append(name: string, value: string): void;
    delete(name: string, value?: string): void;
    get(name: string): string | null;
    getAll(name: string): string[];
    has(name: string, value?: string): boolean;
    set(name: string, value: string): void;
    sort(): void;
    toString(): string;
    [Symbol.iterator](): ArrayIterator<[string, string]>;
  }
}

declare module "whatwg-url/lib/url-state-machine.js" {
  export interface ParseOptions {
    baseURL?: object | null;
    url?: object;
    stateOverride?: string;
  }
  export function basicURLParse(input: string, options?: ParseOptions): object | null;
}

declare module "whatwg-url/lib/percent-encoding.js" {
  export function percentDecodeString(text: string): Uint8Array;
  export function isURLEncodedPercentEncode(byte: number): boolean;
  export function utf8PercentEncodeString(
    text: string,
    isEncoded: (byte: number) => boolean,
    spaceAsPlus?: boolean,
  ): string;
}

declare module "punycode/punycode.js" {
  export function toASCII(domain: string): string;
}
