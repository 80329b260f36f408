/** Answers that the routes of all resources give. */
import type { FastifyRequest } from "fastify"
import { type Shelf, several } from "../core/Shelf.js"
import { type Place, signedUrl } from "../core/Signature.js"
import type { World } from "../core/World.js"
import { ApiError } from "./envelope.js"
import { pathId } from "./parameters.js"
import { worldOf } from "./requests.js"

const codes = { 400: "bad_request", 403: "forbidden", 404: "not_found" } as const

/** Makes the error of an unknown id. A client must handle all three statuses. */
export const notFound = ({ quirks: { unknownIds = 404 } }: World, what: string, id: string): ApiError =>
  new ApiError(unknownIds, codes[unknownIds], `There is no ${what} ${JSON.stringify(id.slice(0, 80))}.`)

/**
 * Returns the thing that a parameter of the path names. Throws the error of an unknown id, also for a thing that is not
 * `isHere`: one of another parent.
 */
export const named = <A>(
  request: FastifyRequest,
  parameter: string,
  what: string,
  find: (id: string, world: World) => A | undefined,
  isHere: (found: A) => boolean = () => true
): A => {
  const world = worldOf(request)
  const id = pathId(request, parameter)
  const found = find(id, world)
  if (found === undefined || !isHere(found)) throw notFound(world, what, id)
  return found
}

interface Things extends Pick<Shelf<never>, "isFull" | "subject"> {
  readonly all: ReadonlyArray<{ readonly id: string; readonly name?: string }>
}

/** Throws the errors of one more thing: another one has its name, or the world may have no more of them. */
export const refuseNew = ({ all, isFull, subject }: Things, name?: string): void => {
  if (name !== undefined && all.some((other) => other.name === name)) {
    const thing = `${/^[aeiou]/i.test(subject) ? "an" : "a"} ${subject}`
    throw new ApiError(409, "name_taken", `There is ${thing} ${JSON.stringify(name.slice(0, 80))} already.`)
  }
  const things = several(subject)
  if (isFull) {
    throw new ApiError(400, `too_many_${things.toLowerCase()}`, `The world has as many ${things} as maxJobs allows.`)
  }
}

/** Time for which a signed URL is valid, in milliseconds. */
const usual = 15 * 60_000

/** Returns a URL that is valid from now on; `""` while the package is being made, as in the answers of the API. */
export const signed = async (request: FastifyRequest, place: Place, isReady: boolean, ttl = usual): Promise<string> => {
  const world = worldOf(request)
  const origin = world.storageUrl ?? (await request.server.storageUrl())
  return isReady ? signedUrl(origin, world, place, world.clock.now + ttl) : ""
}
