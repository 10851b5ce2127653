import { MillraceError } from "@millrace/sdk";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { ModuleStore } from "../artifacts/moduleStore.ts";
import { HttpError } from "./errors.ts";

/** Adds `GET /v1/blobs/<cid>`: the modules this node holds, for other nodes. */
export function addBlobRoute(app: FastifyInstance, store: ModuleStore): void {
  const handler = (request: FastifyRequest, reply: FastifyReply) => answerBlob(request, reply, store);
  app.route({ method: ["GET", "HEAD"], url: "/v1/blobs/:cid", handler });
}

async function answerBlob(
  request: FastifyRequest,
  reply: FastifyReply,
  store: ModuleStore,
): Promise<FastifyReply> {
  const { cid } = request.params as { cid: string };
  const blob = await openBlob(store, cid);
  void reply.headers({
    "content-type": "application/octet-stream",
    "content-length": blob.sizeBytes,
    "cache-control": "public, max-age=31536000, immutable",
    etag: `"${cid}"`,
  });
  return reply.send(request.method === "HEAD" ? null : blob.open());
}

async function openBlob(store: ModuleStore, cid: string) {
  try {
    const blob = await store.stream(cid);
    if (blob !== undefined) return blob;
  } catch (error) {
    if (!(error instanceof MillraceError)) throw error;
    throw new HttpError({ status: 400, code: error.code, message: error.message, nextStep: error.nextStep });
  }
  throw new HttpError({
    status: 404,
    code: "blob-unknown",
    message: `This node does not hold ${cid}.`,
    nextStep: "Ask a backend or another worker of the deal.",
  });
}
