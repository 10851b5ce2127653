import { console } from "./console.ts";
import { crypto } from "./crypto.ts";
import { Headers } from "./headers.ts";
import { describeError } from "./inspect.ts";
import { natives } from "./natives.ts";
import { Request } from "./request.ts";
import { Response } from "./response.ts";
import { serve, trackRejection } from "./serve.ts";
import { TextDecoder, TextEncoder } from "./text.ts";
import { clearTimer, runTimer, setInterval, setTimeout } from "./timers.ts";
import { URLSearchParams } from "./url/search-params.ts";
import { URL } from "./url/url.ts";

function structuredClone(value: unknown): unknown {
  try {
    if (typeof value === "symbol") throw new TypeError("a symbol");
    return natives.clone(value);
  } catch (cause) {
    const error = new DOMException("This value cannot be cloned.", "DataCloneError");
    throw Object.assign(error, { cause });
  }
}

// eslint-disable-next-line @typescript-eslint/require-await -- it rejects instead of throwing
async function fetch(): Promise<never> {
  throw new TypeError("A function cannot make requests: nothing but the call's request reaches it.");
}

const performance = {
  now: () => natives.elapsedMs(),
  get timeOrigin(): number {
    return Date.now() - natives.elapsedMs();
  },
};

const globals = {
  ...{ console, crypto, fetch, performance, structuredClone },
  ...{ Headers, Request, Response, TextDecoder, TextEncoder, URL, URLSearchParams },
  ...{ setTimeout, setInterval, clearTimeout: clearTimer, clearInterval: clearTimer, self: globalThis },
};
for (const [name, value] of Object.entries(globals))
  Object.defineProperty(globalThis, name, { value, writable: true, configurable: true, enumerable: false });
Object.defineProperty(Math, "random", {
  value: () => natives.random(),
  ...{ writable: true, configurable: true, enumerable: false },
});
natives.setHooks(serve, runTimer, describeError, trackRejection);
