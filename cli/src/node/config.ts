import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { readKeystore } from "@millrace/sdk/node";
import Type, { type Static } from "typebox";
import { Value } from "typebox/value";
import type { Hex } from "viem";
import { option } from "../command.ts";
import { failure } from "../errors.ts";
import { isFolder } from "../function/project.ts";
import { readJson, writeFileWhole } from "../files.ts";
import { text } from "../parse.ts";
import { getPassword } from "../wallet/password.ts";

/** The settings file of a node. */
export const configFile = "node.json";

/** The option that names a node's settings. */
export const configOption = option(
  "--config <path>",
  "the node's folder or its node.json",
  text,
  "./node.json or ./millrace-node/node.json",
);

/** What the commands read of node.json; the daemon checks all of it. */
const nodeSchema = Type.Object({
  rpcUrl: Type.String({ minLength: 1 }),
  deployment: Type.String({ minLength: 1 }),
  dataFolder: Type.String({ minLength: 1 }),
  listen: Type.Object({ host: Type.String(), port: Type.Integer() }),
  publicUrl: Type.String({ minLength: 1 }),
  nodeId: Type.Optional(Type.Integer({ minimum: 1 })),
  keystore: Type.String({ minLength: 1 }),
  nextKeystore: Type.Optional(Type.String({ minLength: 1 })),
  passwordFile: Type.Optional(Type.String({ minLength: 1 })),
});

/** A node's settings with absolute paths. */
export interface NodeSettings extends Omit<
  Static<typeof nodeSchema>,
  "nodeId" | "nextKeystore" | "passwordFile"
> {
  readonly file: string;
  readonly nodeId: number | undefined;
  /** The operator key that follows after a rotation. */
  readonly nextKeystore: string | undefined;
  readonly passwordFile: string | undefined;
}

/**
 * Finds and reads a node's settings.
 * @param typed what the person gave, absolute; undefined: looks here and in ./millrace-node
 * @throws MillraceError `node-missing` or `node-invalid`
 */
export async function readNode(typed: string | undefined, cwd: string): Promise<NodeSettings> {
  const candidates =
    typed === undefined
      ? [join(cwd, configFile), join(cwd, "millrace-node", configFile)]
      : [(await isFolder(typed)) ? join(typed, configFile) : typed];
  const file = candidates.find((candidate) => existsSync(candidate));
  if (file === undefined)
    throw failure("node-missing", `There is no node at ${candidates.join(" or ")}.`, {
      nextStep: "Set one up with millrace node init, or name one with --config <path>.",
    });
  const content = await readJson(file, "The node's settings");
  if (!Value.Check(nodeSchema, content)) {
    const [first] = Value.Errors(nodeSchema, content);
    throw failure("node-invalid", `${file} does not describe a node.`, {
      details: first === undefined ? undefined : `${first.instancePath.slice(1)} ${first.message}`.trim(),
      nextStep: "Correct the file, or set the node up anew: millrace node init",
    });
  }
  const absolute = (path: string) => resolve(dirname(file), path);
  return {
    ...content,
    file,
    deployment: absolute(content.deployment),
    dataFolder: absolute(content.dataFolder),
    keystore: absolute(content.keystore),
    nodeId: content.nodeId,
    nextKeystore: content.nextKeystore === undefined ? undefined : absolute(content.nextKeystore),
    passwordFile: content.passwordFile === undefined ? undefined : absolute(content.passwordFile),
  };
}

/** Writes the id that the registry gave into node.json, leaving the rest as it is. */
export async function recordNodeId(file: string, nodeId: number): Promise<void> {
  await change(file, { nodeId });
}

/** Writes where callers reach the node into node.json. */
export async function recordPublicUrl(file: string, publicUrl: string): Promise<void> {
  await change(file, { publicUrl });
}

/** Writes the files of the node's keys into node.json; a key that is left out is removed from it. */
export async function recordKeys(
  file: string,
  keys: { keystore: string } | { nextKeystore: string },
): Promise<void> {
  await change(file, { nextKeystore: undefined, ...keys });
}

async function change(file: string, changes: object): Promise<void> {
  const content = await readJson(file, "The node's settings");
  await writeFileWhole(file, `${JSON.stringify({ ...(content as object), ...changes }, undefined, 2)}\n`);
}

/** The password of a node's operator key: its own file, MILLRACE_KEYSTORE_PASSWORD, or a prompt. */
export async function operatorPassword(node: NodeSettings, env: NodeJS.ProcessEnv): Promise<string> {
  return getPassword({
    optionFile: undefined,
    keyFile: node.passwordFile,
    variable: { name: "MILLRACE_KEYSTORE_PASSWORD", value: env["MILLRACE_KEYSTORE_PASSWORD"] },
    of: `the operator key ${node.keystore}`,
  });
}

/** Decrypts a node's operator key. */
export async function openOperator(node: NodeSettings, env: NodeJS.ProcessEnv): Promise<Hex> {
  return readKeystore(node.keystore, await operatorPassword(node, env));
}

/** A password that nobody has to remember, for a key that a daemon opens by itself. */
export function randomPassword(): string {
  return randomBytes(24).toString("base64url");
}
