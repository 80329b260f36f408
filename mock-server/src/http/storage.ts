/**
 * The object store: a second origin, as in the real service, that serves packages by signed URLs. It refuses requests
 * with an `Authorization` header: a client that sends its token here would send it to a third party.
 */
import { Readable } from "node:stream"
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from "fastify"
import { getPackage } from "../core/Operations.js"
import type { Stored } from "../core/Package.js"
import { type Place, type Verdict, verify } from "../core/Signature.js"
import type { World } from "../core/World.js"
import { type Content, slice } from "../core/zip/Content.js"
import { resources } from "../resources/index.js"
import { merge } from "../resources/Resource.js"
import { precondition, rangeIsWanted } from "./conditions.js"
import { ApiError, expired } from "./envelope.js"
import { fastifyUrl } from "./operations.js"
import { buildOrigin, type OriginSetup } from "./origin.js"
import { type Range, readRange } from "./ranges.js"
import { prefixedWorld } from "./select.js"

const toStorageError = (error: Partial<FastifyError>): ApiError => {
  if (error instanceof ApiError) return error
  return (error.statusCode ?? 500) < 500
    ? new ApiError(error.statusCode ?? 400, "InvalidRequest", "The request could not be understood.")
    : new ApiError(500, "InternalError", "The mock server failed.")
}

const escaped = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;")

const answer = ({ code, message, status }: ApiError, reply: FastifyReply): FastifyReply => {
  // the refusal of a page names its origin
  const xml = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${escaped(message)}</Message></Error>\n`
  return reply.code(status).type("application/xml").send(xml)
}

const packages = merge(resources, "packages")

type Route = keyof typeof packages

const verdictOf = (request: FastifyRequest, world: World): Verdict => {
  const { expires, signature } = request.query as Record<string, unknown>
  return verify(world, request.params as Place, expires, signature) // by the route
}

/** Finds the package of a signed URL in its world. Throws an `ApiError` otherwise. */
const find = (request: FastifyRequest): Stored => {
  if (request.credential.kind !== "missing") {
    throw new ApiError(400, "InvalidArgument", "A signed URL is its own authorization: send no Authorization header.")
  }
  const { world } = request
  const verdict = world === undefined ? "wrong signature" : verdictOf(request, world)
  if (verdict === "wrong signature") throw new ApiError(403, "SignatureDoesNotMatch", "The signature is wrong.")
  if (verdict === "expired") throw expired()
  const route = request.routeOptions.config.operation?.route as Route // only those of packages
  const found = world && packages[route](world, request.params as Place)
  if (found === undefined) throw new ApiError(404, "NoSuchKey", "The specified key does not exist.")
  return found
}

/** Size of the chunks of a body, and of the buffer in memory, in bytes. */
const pieceSize = 65_536

const stream = (content: Content, { from, to }: Range): Readable => {
  let at = from
  return new Readable({
    highWaterMark: pieceSize,
    read() {
      const next = Math.min(at + pieceSize, to)
      this.push(at === to ? null : slice(content, at, next))
      at = next
    }
  })
}

const base64 = (sum: number): string => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(sum)
  return bytes.toString("base64")
}

const send = (request: FastifyRequest, reply: FastifyReply): FastifyReply => {
  const { content, etag, fileName, madeAt, sha256, store } = find(request)
  const { headers } = request
  const validators = { etag, lastModified: new Date(madeAt).toUTCString() }
  const knowsRanges = store.ranges !== "ignored"
  if (knowsRanges) reply.header("accept-ranges", "bytes")
  if (store.etag !== "none") {
    reply.headers({ etag: store.etag === "weak" ? `W/${etag}` : etag, "last-modified": validators.lastModified })
  }
  const verdict = precondition(headers, validators)
  if (verdict === "not modified") return reply.code(304).send()
  if (verdict === "failed") throw new ApiError(412, "PreconditionFailed", "A condition of the request is not met.")

  // without a strong validator in the answer, `If-Range` never matches
  const known = store.etag === undefined || store.etag === "strong" ? validators : undefined
  const isPart = knowsRanges && request.method === "GET" && rangeIsWanted(headers, known)
  const range = isPart ? readRange(headers.range, content.size) : "whole"
  if (range === "outside") {
    reply.header("content-range", `bytes */${content.size}`)
    throw new ApiError(416, "InvalidRange", "The requested range is not satisfiable.")
  }
  const { from, to } = range === "whole" ? { from: 0, to: content.size } : range
  reply.headers({
    "content-type": "application/zip",
    "content-length": to - from,
    "content-disposition": `attachment; filename="${fileName}"`
  })
  if (range !== "whole") {
    reply.code(206).header("content-range", `bytes ${from}-${to - 1}/${content.size}`)
  } else if (store.checksums !== "none") {
    // checksums of the whole package: a client would compare them with the part
    reply.header("x-amz-checksum-crc32", base64(content.crc32))
    if (sha256 !== undefined) reply.header("x-amz-checksum-sha256", sha256)
  }
  return request.method === "HEAD" ? reply.send() : reply.send(stream(content, { from, to }))
}

/** Builds the storage origin; it listens on a port of its own. */
export const buildStorage = (setup: OriginSetup): FastifyInstance => {
  const app = buildOrigin(setup, {
    origin: "storage",
    bodyLimit: 1024,
    select: ({ originalUrl }) => setup.worlds.get(prefixedWorld(originalUrl) ?? ""),
    toFailure: toStorageError,
    answer,
    queryOf: (request, shown) =>
      request.world === undefined || shown["signature"] === undefined
        ? shown
        : { ...shown, signature: verdictOf(request, request.world) === "wrong signature" ? "wrong" : "right" }
  })
  app.setNotFoundHandler((_request, reply) =>
    answer(new ApiError(404, "NoSuchKey", "The specified key does not exist."), reply)
  )
  for (const route of Object.keys(packages)) {
    app.route({
      method: ["GET", "HEAD"],
      url: fastifyUrl(route),
      config: { operation: { ...getPackage, route } },
      handler: send
    })
  }
  return app
}
