import { Aes256Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from "@hpke/core";

/** The one suite in use: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM; all of it is WebCrypto. */
export function cipherSuite(): CipherSuite {
  return new CipherSuite({ kem: new DhkemX25519HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes256Gcm() });
}

/** Bytes that no other view shares, as WebCrypto and the library want them. */
export function bufferOf(bytes: Uint8Array): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}

/** Text as bytes of its own. */
export function bufferOfText(text: string): ArrayBuffer {
  return bufferOf(new TextEncoder().encode(text));
}
