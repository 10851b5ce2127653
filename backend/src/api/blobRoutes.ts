import { blobSchema, cidSchema } from "@millrace/sdk";
import { Readable } from "node:stream";
import { Type } from "typebox";
import type { BlobStore } from "../blobs/blobStore.ts";
import { blobEmpty, blobTooLarge } from "../blobs/errors.ts";
import { unknown } from "./errors.ts";
import { errorResponses, type App } from "./types.ts";

/** How long the rest of a refused body is thrown away before its connection is cut. */
const drainMs = 2_000;

const bytesSchema = Type.Unsafe<Readable>({ description: "The module's bytes" });

interface BlobRoutesParameters {
  readonly blobs: BlobStore;
  readonly maxBytes: number;
  readonly uploadsPerMinute: number;
}

/** POST /v1/blobs and GET /v1/blobs/:cid. In a scope of its own: here a body is a stream of bytes, whatever its type. */
export async function registerBlobRoutes(parent: App, parameters: BlobRoutesParameters): Promise<void> {
  await parent.register((app: App, _options, done) => {
    app.removeAllContentTypeParsers();
    app.addContentTypeParser("*", (_request, payload, parsed) => parsed(null, payload));
    registerUpload(app, parameters);
    registerDownload(app, parameters);
    done();
  });
}

function registerUpload(app: App, { blobs, maxBytes, uploadsPerMinute }: BlobRoutesParameters): void {
  app.post(
    "/v1/blobs",
    {
      config: { rateLimit: { max: uploadsPerMinute, timeWindow: "1 minute" } },
      schema: {
        tags: ["blobs"],
        summary: "Store a module; the raw bytes are the body, whatever their content type",
        consumes: ["application/octet-stream"],
        querystring: Type.Object({ cid: Type.Optional(cidSchema) }, { additionalProperties: false }),
        response: { 200: blobSchema, 201: blobSchema, ...errorResponses(400, 413, 422, 429, 507) },
      },
      onRequest: (request, _reply, next) => {
        const declared = Number(request.headers["content-length"] ?? 0);
        next(declared > maxBytes ? blobTooLarge(maxBytes) : undefined);
      },
      onResponse: (request, _reply, next) => {
        if (!request.raw.complete) setTimeout(() => request.raw.destroy(), drainMs).unref();
        next();
      },
    },
    async (request, reply) => {
      if (!(request.body instanceof Readable)) throw blobEmpty();
      const declared = request.headers["content-length"];
      const { created, cid, sizeBytes } = await blobs.put({
        body: request.body,
        expectedCid: request.query.cid,
        declaredBytes: declared === undefined ? undefined : Number(declared),
      });
      return reply.status(created ? 201 : 200).send({ cid, sizeBytes });
    },
  );
}

function registerDownload(app: App, { blobs }: BlobRoutesParameters): void {
  app.get(
    "/v1/blobs/:cid",
    {
      schema: {
        tags: ["blobs"],
        summary: "The bytes of a module",
        produces: ["application/octet-stream"],
        params: Type.Object({ cid: cidSchema }),
        response: { 200: bytesSchema, 304: Type.Null(), ...errorResponses(400, 404, 429, 500) },
      },
    },
    async (request, reply) => {
      const { cid } = request.params;
      const blob = await blobs.find(cid);
      if (blob === undefined) throw unknown("blob", cid);
      const etag = `"${cid}"`;
      reply.headers({
        etag,
        "cache-control": "public, max-age=31536000, immutable",
        "x-content-type-options": "nosniff",
      });
      if (request.headers["if-none-match"]?.split(/,\s*/).includes(etag) === true) {
        return reply.status(304).send(null);
      }
      reply.type("application/octet-stream").header("content-length", blob.sizeBytes);
      return reply.send(request.method === "HEAD" ? Readable.from([]) : blobs.read(blob));
    },
  );
}
