/**
 * Guards the admin routes: a request needs the admin token in the bearer header, no foreign `Origin`, and a known host.
 * The last two exclude browser pages, including those by DNS rebinding.
 */
import { createHash, timingSafeEqual } from "node:crypto"
import type { FastifyRequest } from "fastify"
import { ApiError } from "../envelope.js"
import { authorityOf } from "../select.js"

export interface AdminAccess {
  readonly token: string
  /** Additional host names, without ports. */
  readonly hosts: ReadonlyArray<string>
}

const thisMachine = ["127.0.0.1", "localhost", "[::1]"]

/** Hashes of equal length, so that the time of the comparison reveals nothing. */
const digest = (text: string) => createHash("sha256").update(text).digest()

const hostName = (host: string) => host.replace(/:\d*$/, "").toLowerCase()

export const guard = ({ hosts, token }: AdminAccess): ((request: FastifyRequest) => void) => {
  const wanted = digest(token)
  const known = new Set([...thisMachine, ...hosts.map((host) => host.toLowerCase())])
  return ({ headers, originalUrl }) => {
    const { authorization = "", origin } = headers
    const host = authorityOf(originalUrl) ?? headers.host ?? ""
    if (!known.has(hostName(host))) {
      throw new ApiError(403, "host_not_allowed", "The Host header names another host: --allow-host lets it in.")
    }
    if (origin !== undefined && origin !== `http://${host}`) {
      throw new ApiError(403, "origin_not_allowed", "The request comes from a page of another origin.")
    }
    const shown = /^bearer +(\S+)$/i.exec(authorization)?.[1] ?? ""
    if (!timingSafeEqual(digest(shown), wanted)) {
      throw new ApiError(401, "unauthorized", "Expected the admin token, as Authorization: Bearer <token>.")
    }
  }
}
