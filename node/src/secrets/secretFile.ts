import { randomBytes } from "node:crypto";
import { mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { MillraceError, sealSecrets, type SecretItem } from "@millrace/sdk";
import { type Static, Type } from "typebox";
import { Value } from "typebox/value";
import type { Keyring } from "./keyring.ts";

const fileSchema = Type.Object({
  sealed: Type.Record(Type.String(), Type.String(), {
    description: "the same items, sealed to each key: public key → base64",
  }),
});

/** What a deal's file says. */
export type StoredSecrets =
  | { kind: "none" }
  /** `stale`: not sealed to exactly the keys that the node holds now */
  | { kind: "items"; items: SecretItem[]; stale: boolean }
  /** sealed to keys that the node no longer holds, or damaged */
  | { kind: "unreadable"; reason: string };

/** Reads the sealed secrets of a deal. */
export async function readSecretFile(path: string, deal: bigint, keyring: Keyring): Promise<StoredSecrets> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return { kind: "none" };
    throw error;
  }
  const file = parse(text);
  if (file === undefined) return { kind: "unreadable", reason: "its file is damaged" };
  const sealedTo = Object.keys(file.sealed);
  const publicKeys = keyring.publicKeys();
  const own = publicKeys.filter((key) => sealedTo.includes(key));
  for (const key of own) {
    try {
      const items = await keyring.open(deal, Buffer.from(file.sealed[key] ?? "", "base64"));
      const stale = own.length !== publicKeys.length || own.length !== sealedTo.length;
      return { kind: "items", items, stale };
    } catch (error) {
      if (!(error instanceof MillraceError)) throw error;
    }
  }
  const reason = own.length > 0 ? "its file is damaged" : "it was sealed to an operator key this node lacks";
  return { kind: "unreadable", reason };
}

/** Replaces the sealed secrets of a deal in one instant, sealed to each key that the node holds. */
export async function writeSecretFile(
  path: string,
  { deal, keyring, items }: { deal: bigint; keyring: Keyring; items: readonly SecretItem[] },
): Promise<void> {
  const { deployment } = keyring;
  const sealed = await Promise.all(
    keyring.publicKeys().map(async (key) => {
      const bytes = await sealSecrets({ deployment, deal }, key, items);
      return [key, Buffer.from(bytes).toString("base64")];
    }),
  );
  const content: Static<typeof fileSchema> = { sealed: Object.fromEntries(sealed) as Record<string, string> };
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const draft = `${path}.${randomBytes(6).toString("hex")}`;
  try {
    const file = await open(draft, "wx", 0o600);
    try {
      await file.writeFile(JSON.stringify(content));
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

function parse(text: string): Static<typeof fileSchema> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return Value.Check(fileSchema, value) ? value : undefined;
  } catch {
    return undefined;
  }
}
