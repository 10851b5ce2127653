import { readFile } from "node:fs/promises";
import { MillraceError } from "../errors/MillraceError.ts";
import { parseDeployment, type Deployment } from "./deployment.ts";

/**
 * Reads a deployment record from a file.
 * @throws MillraceError `deployment-missing` if it can't be read, `deployment-invalid` if it isn't one
 */
export async function readDeployment(path: string): Promise<Deployment> {
  let value: unknown;
  try {
    value = JSON.parse(await readFile(path, "utf8"));
  } catch (cause) {
    throw new MillraceError({
      code: cause instanceof SyntaxError ? "deployment-invalid" : "deployment-missing",
      shortMessage: `The deployment record ${path} can't be read.`,
      details: cause instanceof Error ? cause.message : undefined,
      nextStep: "Name the file that the deployment wrote, deployments/<network>.json.",
      cause,
    });
  }
  return parseDeployment(value);
}
