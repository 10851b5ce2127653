// In place of whatwg-url's URLSearchParams.js: URL makes its own with it.
import { implementation as Implementation } from "whatwg-url/lib/URLSearchParams-impl.js";

export function createImpl(
  globalObject: object,
  args: [string],
  options: { doNotStripQMark: boolean },
): Implementation {
  return new Implementation(globalObject, args, options);
}
