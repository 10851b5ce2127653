import { readFile } from "node:fs/promises";
import { unwatchFile, watchFile } from "node:fs";
import type { Server as HttpServer } from "node:http";
import { createServer, type Server } from "node:https";
import { createSecureContext } from "node:tls";
import { MillraceError } from "@millrace/sdk";
import type { Logger } from "pino";

/** Certificates are replaced by renaming or by links, which no watch of a folder reports everywhere: they are looked at. */
const lookEveryMs = 5_000;

export interface TlsFiles {
  certFile: string;
  keyFile: string;
}

/** What a TLS server needs, as PEM. */
export interface Certificate {
  cert: Buffer;
  key: Buffer;
}

/**
 * Reads a certificate and its key and checks that they belong together.
 *
 * @throws MillraceError `tls-files-unusable`
 */
export async function readCertificate({ certFile, keyFile }: TlsFiles): Promise<Certificate> {
  try {
    const [cert, key] = await Promise.all([readFile(certFile), readFile(keyFile)]);
    createSecureContext({ cert, key });
    return { cert, key };
  } catch (cause) {
    throw new MillraceError({
      code: "tls-files-unusable",
      shortMessage: `The certificate ${certFile} with the key ${keyFile} cannot be used.`,
      details: cause instanceof Error ? cause.message : undefined,
      nextStep:
        "Set tls.certFile and tls.keyFile in node.json to a certificate chain and its own private key, both PEM and readable for this user.",
      cause,
    });
  }
}

/** A server's certificate that follows its files. */
export interface ServerCertificate {
  /** for Fastify: makes the server */
  createServer: (handler: (request: never, response: never) => void, timeoutMs: number) => HttpServer;
  /** Takes the files as they are now; a pair that cannot be used leaves the present one in place. */
  reload(): Promise<void>;
  close(): void;
}

/**
 * Opens a certificate for a server and takes it up anew whenever its files change.
 *
 * @throws MillraceError `tls-files-unusable`
 */
export async function openCertificate(files: TlsFiles, log: Logger): Promise<ServerCertificate> {
  let certificate = await readCertificate(files);
  let server: Server | undefined;

  async function reload(): Promise<void> {
    try {
      certificate = await readCertificate(files);
      server?.setSecureContext(certificate);
      log.info({ certFile: files.certFile }, "the certificate was read again");
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      log.error({ reason }, "the new certificate cannot be used; the one before stays");
    }
  }

  const onChange = (now: { mtimeMs: number }, before: { mtimeMs: number }) => {
    if (now.mtimeMs !== before.mtimeMs) void reload();
  };
  for (const path of [files.certFile, files.keyFile])
    watchFile(path, { interval: lookEveryMs, persistent: false }, onChange);
  return {
    createServer: (handler, timeoutMs) => {
      server = createServer(certificate, handler as Parameters<typeof createServer>[1]);
      server.requestTimeout = timeoutMs;
      // An https server does all that Fastify asks of an http server.
      return server;
    },
    reload,
    close: () => {
      for (const path of [files.certFile, files.keyFile]) unwatchFile(path, onChange);
    },
  };
}
