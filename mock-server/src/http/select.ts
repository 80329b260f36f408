/**
 * Which world a request is for: the path prefix `/w/<world>` of its base URL says so, else its token does.
 */
import type { FastifyRequest } from "fastify"
import type { World } from "../core/World.js"
import { ApiError } from "./envelope.js"
import { TooManyWorlds, type Worlds } from "./worlds.js"

const prefix = /^\/w\/([a-z0-9-]{1,64})(?=[/?]|$)/

/** The origin of a target in absolute form, which clients send to a proxy. */
const absolute = /^https?:\/\/([^/?#]*)/i

/** The host and port that a target in absolute form names; absent: the `Host` header does. */
export const authorityOf = (target: string): string | undefined => absolute.exec(target)?.[1]

const pathOf = (target: string): string => target.replace(absolute, "")

/** The URL that the routes see. */
export const withoutPrefix = (target: string): string => {
  const rest = pathOf(target).replace(prefix, "")
  return rest.startsWith("/") ? rest : `/${rest}`
}

/** The world that the prefix of a target names. */
export const prefixedWorld = (target: string): string | undefined => prefix.exec(pathOf(target))?.[1]

/**
 * When prefix and token name two worlds, the prefix selects, and the token is then refused as another world's. Only a
 * token creates a world on first use: a URL that somebody guessed does not.
 */
export const selectWorld = ({ credential, originalUrl }: FastifyRequest, worlds: Worlds): World | undefined => {
  const named = prefixedWorld(originalUrl)
  if (credential.kind !== "mock") return named === undefined ? undefined : worlds.get(named)
  if (named !== undefined && named !== credential.world) return worlds.get(named)
  try {
    return worlds.find(credential.world)
  } catch (error) {
    throw error instanceof TooManyWorlds ? new ApiError(400, "too_many_worlds", error.message) : error
  }
}
