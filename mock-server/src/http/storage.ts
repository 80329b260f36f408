/**
 * The object store: a second origin, as in life, that serves packages to whoever has a signed URL. It knows no API
 * token, and refuses to be shown one: a client that sends it here would send it to a stranger.
 */
import { createHash } from "node:crypto"
import fastify, { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify"
import { attachExchanges } from "../clock/Exchange.js"
import { answerParserError } from "./envelope.js"
import { fastifyUrl } from "./operations.js"
import { jobPackage, type Package, taskPackage } from "./packages.js"
import { findWorlds, keepJournals } from "./requests.js"
import { prefixedWorld, withoutPrefix } from "./select.js"
import { type Asset, verify } from "./signature.js"
import type { Worlds } from "./worlds.js"

/** An answer in the words of an object store. */
class StorageError extends Error {
  override readonly name = "StorageError"
  readonly status: number
  readonly code: string
  constructor(status: number, code: string, message: string) {
    super(message)
    this.status = status
    this.code = code
  }
}

const toStorageError = (error: Partial<FastifyError>): StorageError => {
  if (error instanceof StorageError) return error
  return (error.statusCode ?? 500) < 500
    ? new StorageError(error.statusCode ?? 400, "InvalidRequest", "The request could not be understood.")
    : new StorageError(500, "InternalError", "The mock server itself failed.")
}

const answer = (error: Partial<FastifyError>, reply: FastifyReply): FastifyReply => {
  const { code, message, status } = toStorageError(error)
  // no text of the request is in it, so nothing needs escaping
  const xml = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message></Error>\n`
  return reply.code(status).type("application/xml").send(xml)
}

interface Location {
  readonly job: string
  readonly task?: string
}

/** Finds what a signed URL leads to, or says why it leads nowhere; never looks anywhere but in the world. */
const find = (request: FastifyRequest): Package => {
  if (request.credential.kind !== "missing") {
    throw new StorageError(
      400,
      "InvalidArgument",
      "A signed URL is its own authorization: send no Authorization header."
    )
  }
  const { world } = request
  const { job: jobId, task: taskId } = request.params as Location // by the route
  const { expires, signature } = request.query as Record<string, unknown>
  const asset: Asset = { jobId, taskId }
  const verdict = world === undefined ? "wrong signature" : verify(world, asset, expires, signature)
  if (verdict === "wrong signature") throw new StorageError(403, "SignatureDoesNotMatch", "The signature is not right.")
  if (verdict === "expired") throw new StorageError(403, "AccessDenied", "Request has expired")
  const job = world?.job(jobId)
  const found = world && job && (taskId === undefined ? jobPackage(world, job) : taskPackage(world, job, taskId))
  if (found === undefined) throw new StorageError(404, "NoSuchKey", "The specified key does not exist.")
  return found
}

const send = (request: FastifyRequest, reply: FastifyReply): FastifyReply => {
  const { bytes, fileName } = find(request)
  return reply
    .headers({
      "content-type": "application/zip",
      "content-length": bytes.length,
      "content-disposition": `attachment; filename="${fileName}"`,
      etag: `"${createHash("sha256").update(bytes).digest("hex").slice(0, 32)}"`
    })
    .send(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))
}

/** The second origin; it listens on a port of its own. */
export const buildStorage = (worlds: Worlds, seed: string, onDefect: (error: unknown) => void): FastifyInstance => {
  const app = fastify({
    bodyLimit: 1024,
    forceCloseConnections: true,
    return503OnClosing: false,
    routerOptions: { maxParamLength: 512 },
    clientErrorHandler: answerParserError,
    rewriteUrl: (request) => withoutPrefix(request.url ?? "/"),
    frameworkErrors: (error, _request, reply) => void answer(error, reply)
  })
  findWorlds(app, worlds, (request) => worlds.get(prefixedWorld(request.originalUrl) ?? ""))
  attachExchanges(app, (request) => request.world?.clock)
  keepJournals(app, seed)
  app.setErrorHandler<FastifyError>((error, _request, reply) => {
    const said = toStorageError(error)
    if (said.status === 500) onDefect(error)
    return answer(said, reply)
  })
  app.setNotFoundHandler((_request, reply) =>
    answer(new StorageError(404, "NoSuchKey", "The specified key does not exist."), reply)
  )
  for (const route of ["/jobs/{job}/package.zip", "/jobs/{job}/tasks/{task}/package.zip"]) {
    app.route({
      method: ["GET", "HEAD"],
      url: fastifyUrl(route),
      config: { operation: { id: "getPackage", route, query: [], needs: "nothing" } },
      handler: send
    })
  }
  return app
}
