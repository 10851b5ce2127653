import { Type } from "typebox";
import Value from "typebox/value";
import { concat, hexToBytes, type Hex } from "viem";
import { MillraceError } from "../errors/MillraceError.ts";
import type { EncryptionKey } from "./encryptionKey.ts";
import { bufferOf, bufferOfText, cipherSuite } from "./hpke.ts";
import { secretItemSchema, type SecretItem } from "./item.ts";
import { secretLimits } from "./limits.ts";
import type { SecretDomain } from "./typedData.ts";

const encapsulatedBytes = 32;
/** No more than a deal can have, so that nobody is kept busy with signatures. */
const itemsSchema = Type.Array(secretItemSchema, { maxItems: secretLimits.count + secretLimits.removed });

/** What sealed items are bound to. */
export interface SealScope {
  deployment: SecretDomain;
  deal: bigint;
}

/**
 * Seals items to a key (HPKE, base mode). Nobody but the key's holder reads names or values.
 * @returns the encapsulated key (32 bytes) and the ciphertext
 * @throws MillraceError `encryption-key-invalid`
 */
export async function sealSecrets(
  { deployment, deal }: SealScope,
  publicKey: Hex,
  items: readonly SecretItem[],
): Promise<Uint8Array> {
  const suite = cipherSuite();
  const plain = bufferOfText(JSON.stringify(items));
  try {
    const recipientPublicKey = await suite.kem.deserializePublicKey(bufferOf(hexToBytes(publicKey)));
    const sealed = await suite.seal({ recipientPublicKey, info: infoOf(deployment, deal) }, plain);
    return concat([new Uint8Array(sealed.enc), new Uint8Array(sealed.ct)]);
  } catch (cause) {
    throw new MillraceError({
      code: "encryption-key-invalid",
      shortMessage: "The encryption key is no point of X25519 that anything can be sealed to.",
      nextStep: "Nothing was sent. Dismiss the worker: its operator signed a key that is none.",
      cause,
    });
  }
}

/**
 * Opens what {@link sealSecrets} made. The items' signatures are not checked: {@link verifySecret}.
 * @throws MillraceError `secrets-not-for-this-key` or `secrets-malformed`
 */
export async function openSecrets(
  { deployment, deal }: SealScope,
  { privateKey }: EncryptionKey,
  sealed: Uint8Array,
): Promise<SecretItem[]> {
  let plain: ArrayBuffer;
  try {
    plain = await cipherSuite().open(
      {
        recipientKey: privateKey,
        enc: bufferOf(sealed.subarray(0, encapsulatedBytes)),
        info: infoOf(deployment, deal),
      },
      bufferOf(sealed.subarray(encapsulatedBytes)),
    );
  } catch (cause) {
    throw new MillraceError({
      code: "secrets-not-for-this-key",
      shortMessage:
        "The secrets were sealed to another key or for another deal, or were changed on their way.",
      nextStep: "Read the node's present encryption key (GET /v1/status) and seal them to it.",
      cause,
    });
  }
  const items = parse(plain);
  if (Value.Check(itemsSchema, items)) return items;
  throw new MillraceError({
    code: "secrets-malformed",
    shortMessage: "What was sealed is no list of secrets.",
    nextStep: "Seal them with the SDK (sealSecrets).",
  });
}

function infoOf({ chainId, contracts }: SecretDomain, deal: bigint): ArrayBuffer {
  const where = `${chainId.toString()} ${contracts.deals.toLowerCase()} ${deal.toString()}`;
  return bufferOfText(`millrace secrets 1 ${where}`);
}

/** Without a parser's message: it quotes what it read. */
function parse(plain: ArrayBuffer): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(plain));
  } catch {
    return undefined;
  }
}
