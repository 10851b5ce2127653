import { MillraceError } from "@millrace/sdk";
import type { FastifyInstance } from "fastify";

/**
 * Listens on an address.
 *
 * @returns the URL, with the port that was given for port 0
 * @throws MillraceError `port-taken` or `listen-failed`
 */
export async function listen(
  app: FastifyInstance,
  { host, port }: { host: string; port: number },
): Promise<string> {
  try {
    return await app.listen({ host, port });
  } catch (cause) {
    const taken = (cause as NodeJS.ErrnoException).code === "EADDRINUSE";
    throw new MillraceError({
      code: taken ? "port-taken" : "listen-failed",
      shortMessage: taken
        ? `Another program listens on ${host}:${port} already.`
        : `The node cannot listen on ${host}:${port}.`,
      details: taken || !(cause instanceof Error) ? undefined : cause.message,
      nextStep: "Set listen.host and listen.port in node.json to an address of this machine and a free port.",
      cause,
    });
  }
}
