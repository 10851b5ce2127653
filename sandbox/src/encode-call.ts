import { randomBytes } from "node:crypto";
import type { Manifest } from "@millrace/machine";
import { encodeInput } from "@millrace/machine/native";
import { cgiEnvironment } from "./cgi.ts";
import { SandboxError } from "./errors.ts";
import type { CallRequest } from "./types.ts";

const MIB = 2 ** 20;

/** A request as the machine gets it. */
export interface EncodedCall {
  /** The bytes of the input space. */
  input: Uint8Array;
  /** The most fuel that the call may use, in units. */
  fuelLimit: bigint;
}

/**
 * Encodes a request to a function, in the sandbox as in a replay.
 * @throws SandboxError `input-too-large`
 */
export function encodeCall(request: CallRequest, manifest: Manifest): EncodedCall {
  checkInput(request, manifest);
  const input = encodeInput({
    args: [manifest.name],
    env: cgiEnvironment(request, manifest),
    stdin: request.body,
    acceptedAtMs: request.acceptedAtMs ?? Date.now(),
    seed: request.seed ?? randomBytes(32),
    outputBytes: manifest.limits.outputMiB * MIB,
  });
  return { input, fuelLimit: fuelLimit(request, manifest) };
}

function fuelLimit({ fuelLimit: asked }: CallRequest, { limits }: Manifest): bigint {
  const most = BigInt(limits.fuel);
  return asked === undefined || asked > most ? most : asked;
}

function checkInput({ body }: CallRequest, { limits }: Manifest): void {
  if (body.length <= limits.inputMiB * MIB) return;
  throw new SandboxError({
    code: "input-too-large",
    message: `The request body has ${body.length} bytes; the function takes at most ${limits.inputMiB} MiB.`,
    nextStep: "Send less, or raise limits.inputMiB in millrace.json (at most 16).",
  });
}
