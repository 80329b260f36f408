/**
 * Who may use the admin routes: whoever shows the admin token in the bearer header, from a page of no other origin, to
 * a host that this server is known by. The last two keep a browser page that somebody looks at away from it, also one
 * whose name was made to point here (DNS rebinding).
 */
import { createHash, timingSafeEqual } from "node:crypto"
import type { FastifyRequest } from "fastify"
import { ApiError } from "../envelope.js"
import { authorityOf } from "../select.js"

export interface AdminAccess {
  readonly token: string
  /** Host names beside those of this machine, without ports. */
  readonly hosts: ReadonlyArray<string>
}

const thisMachine = ["127.0.0.1", "localhost", "[::1]"]

/** Of equal length, so that the time of the comparison tells nothing. */
const digest = (text: string) => createHash("sha256").update(text).digest()

const hostName = (host: string) => host.replace(/:\d*$/, "").toLowerCase()

/** Throws what a request without the right is answered. */
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
