import {
  deriveEncryptionKey,
  type Encryption,
  type EncryptionKey,
  MillraceError,
  openSecrets,
  type SealScope,
  type SecretItem,
  signEncryptionKey,
} from "@millrace/sdk";
import type { Address, Hex } from "viem";
import { privateKeyToAccount } from "viem/accounts";

type Deployment = SealScope["deployment"];

/** An operator key of this node. */
interface OperatorKey {
  address: Address;
  privateKey: Hex;
}

/** The encryption keys of a node: one of each operator key that it holds, two while a rotation is under way. */
export interface Keyring {
  readonly deployment: Deployment;
  /** Derives the keys of operator keys that are new. @returns true if there were any */
  refresh(): Promise<boolean>;
  publicKeys(): readonly Hex[];
  /** What the node shows: the key of the operator in force. */
  encryption(): Encryption;
  /** Opens what was sealed to any of the keys. @throws MillraceError `secrets-not-for-this-key`, `secrets-malformed` */
  open(deal: bigint, sealed: Uint8Array): Promise<SecretItem[]>;
}

export interface KeyringParameters {
  deployment: Deployment;
  nodeId: number;
  /** the operator in force */
  present: () => OperatorKey;
  /** all operator keys that this node holds */
  operators: () => readonly OperatorKey[];
}

interface OwnKey extends EncryptionKey {
  encryption: Encryption;
}

/** Makes the keyring, with the keys there are now. */
export async function createKeyring(parameters: KeyringParameters): Promise<Keyring> {
  const { deployment, nodeId, present, operators } = parameters;
  const keys = new Map<Address, OwnKey>();

  async function derive({ address, privateKey }: OperatorKey): Promise<OwnKey> {
    const key = await deriveEncryptionKey(privateKey);
    const account = privateKeyToAccount(privateKey);
    const { publicKey } = key;
    const made = {
      ...key,
      encryption: await signEncryptionKey({ deployment, account, node: nodeId, publicKey }),
    };
    keys.set(address, made);
    return made;
  }

  async function refresh(): Promise<boolean> {
    const added = [present(), ...operators()].filter(({ address }) => !keys.has(address));
    for (const operator of added) await derive(operator);
    return added.length > 0;
  }

  let shown = await derive(present());
  await refresh();
  return {
    deployment,
    refresh,
    publicKeys: () => [...keys.values()].map(({ publicKey }) => publicKey),
    encryption: () => {
      shown = keys.get(present().address) ?? shown;
      return shown.encryption;
    },
    open: async (deal, sealed) => {
      let refusal: unknown;
      for (const key of keys.values()) {
        try {
          return await openSecrets({ deployment, deal }, key, sealed);
        } catch (error) {
          if (!(error instanceof MillraceError) || error.code !== "secrets-not-for-this-key") throw error;
          refusal = error;
        }
      }
      throw refusal;
    },
  };
}
