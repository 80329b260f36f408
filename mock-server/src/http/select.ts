/** Selects the world of a request: by the path prefix `/w/<world>` of its base URL, else by its token. */
import type { FastifyRequest } from "fastify"
import type { World } from "../core/World.js"
import { TooManyWorlds, type Worlds } from "../Worlds.js"
import { ApiError } from "./envelope.js"

const prefix = /^\/w\/([a-z0-9-]{1,64})(?=[/?]|$)/

/** Matches the origin of a target in absolute form, as clients send it to a proxy. */
const absolute = /^https?:\/\/([^/?#]*)/i

/** Returns host and port of a target in absolute form; absent when the `Host` header has them. */
export const authorityOf = (target: string): string | undefined => absolute.exec(target)?.[1]

const pathOf = (target: string): string => target.replace(absolute, "")

export const withoutPrefix = (target: string): string => {
  const rest = pathOf(target).replace(prefix, "")
  return rest.startsWith("/") ? rest : `/${rest}`
}

export const prefixedWorld = (target: string): string | undefined => prefix.exec(pathOf(target))?.[1]

/**
 * Selects the world. When prefix and token name two worlds, the prefix selects, and the token is refused as another
 * world's. Only a token creates a world on first use, never a guessed URL.
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
