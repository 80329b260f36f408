/**
 * Selects the world of a request: by the path prefix `/w/<world>` of its base URL, else by its token.
 */
import type { FastifyRequest } from "fastify"
import type { World } from "../core/World.js"
import type { Worlds } from "./worlds.js"

const prefix = /^\/w\/([a-z0-9-]{1,64})(?=[/?]|$)/

/** Returns the URL for the routes. */
export const withoutPrefix = (url: string): string => {
  const rest = url.replace(prefix, "")
  return rest.startsWith("/") ? rest : `/${rest}`
}

/** Returns the name of the world in a URL's prefix. */
export const prefixedWorld = (url: string): string | undefined => prefix.exec(url)?.[1]

/**
 * Selects the world. When prefix and token name two worlds, the prefix selects, and the token is refused as another
 * world's. Only a token creates a world on first use, never a guessed URL.
 */
export const selectWorld = ({ credential, originalUrl }: FastifyRequest, worlds: Worlds): World | undefined => {
  const named = prefixedWorld(originalUrl)
  if (credential.kind !== "mock") return named === undefined ? undefined : worlds.get(named)
  return named === undefined || named === credential.world ? worlds.find(credential.world) : worlds.get(named)
}
