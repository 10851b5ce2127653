import { CID } from "multiformats/cid";
import * as raw from "multiformats/codecs/raw";
import { create as createDigest } from "multiformats/hashes/digest";
import { sha256 as sha256Hasher } from "multiformats/hashes/sha2";
import { bytesToHex, hexToBytes, type Hex } from "viem";
import { MillraceError } from "./errors/MillraceError.ts";

const digestLength = 32;

/** The CIDv1 (raw, sha2-256, base32) of a blob. */
export async function moduleCid(bytes: Uint8Array): Promise<string> {
  return CID.createV1(raw.code, await sha256Hasher.digest(bytes)).toString();
}

/**
 * The sha2-256 digest that the contracts store for a CID.
 * @throws MillraceError `cid-invalid` unless it is a CIDv1 with the raw codec and sha2-256 in base32
 */
export function cidToDigest(cid: string): Hex {
  const parsed = parseCid(cid);
  if (parsed?.toString() !== cid || parsed.code !== raw.code || !isSha256(parsed)) {
    throw new MillraceError({
      code: "cid-invalid",
      shortMessage: `"${cid.slice(0, 100)}" does not name a module.`,
      details: "A module is named by its CIDv1 with the raw codec and sha2-256, for example bafkrei….",
      nextStep: "Take the CID that millrace function build or deploy prints.",
    });
  }
  return bytesToHex(parsed.multihash.digest);
}

/**
 * The CID of a digest from a contract.
 * @throws MillraceError `cid-invalid` if it isn't 32 bytes
 */
export function digestToCid(digest: Hex): string {
  if (!/^0x[0-9a-fA-F]{64}$/.test(digest)) {
    throw new MillraceError({
      code: "cid-invalid",
      shortMessage: `"${digest}" is not a sha2-256 digest.`,
      nextStep: "A digest is 0x and 64 hexadecimal digits.",
    });
  }
  return CID.createV1(raw.code, createDigest(sha256Hasher.code, hexToBytes(digest))).toString();
}

/**
 * Checks that bytes are what a CID names.
 * @throws MillraceError `blob-mismatch` if they are not
 */
export async function verifyBlob(cid: string, bytes: Uint8Array): Promise<void> {
  const actual = await moduleCid(bytes);
  if (actual === cid) return;
  throw new MillraceError({
    code: "blob-mismatch",
    shortMessage: `The bytes received are not ${cid}.`,
    details: `Their CID is ${actual}.`,
    nextStep: "Fetch it from another source.",
  });
}

function parseCid(cid: string): CID | undefined {
  try {
    return CID.parse(cid);
  } catch {
    return undefined;
  }
}

function isSha256(cid: CID): boolean {
  return (
    cid.version === 1 &&
    cid.multihash.code === sha256Hasher.code &&
    cid.multihash.digest.length === digestLength
  );
}
