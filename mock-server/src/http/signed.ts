/** Signs the URLs of packages in the object store. */
import type { FastifyRequest } from "fastify"
import { type Place, signedUrl } from "../core/Signature.js"
import { worldOf } from "./requests.js"

/** Time for which a signed URL is valid, in milliseconds. */
const usual = 15 * 60_000

/** Returns a URL that is valid from now on; `""` while the package is being made, as in the answers of the API. */
export const signed = async (request: FastifyRequest, place: Place, isReady: boolean, ttl = usual): Promise<string> => {
  const world = worldOf(request)
  const origin = world.storageUrl ?? (await request.server.storageUrl())
  return isReady ? signedUrl(origin, world, place, world.clock.now + ttl) : ""
}
