/** Types that browsers name globally and that @hpke/core's types refer to; Node.js has them under another name. */
import type { webcrypto } from "node:crypto";

declare global {
  type CryptoKey = webcrypto.CryptoKey;
  type CryptoKeyPair = webcrypto.CryptoKeyPair;
}
