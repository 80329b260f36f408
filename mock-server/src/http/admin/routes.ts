/** Registers the admin routes under `/__mock/v1`. They exist only in a server with an admin token. */
import type { FastifyInstance } from "fastify"
import { VirtualTimeExceeded } from "../../clock/index.js"
import { ScenarioError } from "../../core/Scenario.js"
import { SnapshotError } from "../../core/Snapshot.js"
import { WorldBusyError } from "../../core/World.js"
import { TooManyWorlds, type Worlds } from "../../Worlds.js"
import { parseBody, refusePrinted } from "../bodies.js"
import { ApiError } from "../envelope.js"
import { fastifyUrl } from "../operations.js"
import { checkBody } from "./bodies.js"
import { type AdminAccess, guard } from "./guard.js"
import { openapi } from "./openapi.js"
import { type Call, rows, under, unknown } from "./rows.js"

export const adminPrefix = "/__mock/v1"

/** Converts a mistake of the caller that only the world notices, such as a story that does not exist. */
const refused = (error: unknown): unknown => {
  if (error instanceof RangeError || error instanceof VirtualTimeExceeded) {
    return new ApiError(400, "invalid_body", error.message)
  }
  if (error instanceof ScenarioError) refusePrinted(under("scenario", error))
  if (error instanceof SnapshotError) refusePrinted(under("snapshot", error))
  if (error instanceof TooManyWorlds) return new ApiError(409, "too_many_worlds", error.message)
  return error instanceof WorldBusyError ? new ApiError(409, "busy", error.message) : error
}

export const adminRoutes =
  (worlds: Worlds, access: AdminAccess) =>
  async (admin: FastifyInstance): Promise<void> => {
    const check = guard(access)
    admin.addHook("onRoute", (route) => {
      route.config = { ...route.config, isOutside: true }
    })
    admin.addHook("onRequest", (request, _reply, next) => {
      check(request)
      next()
    })
    admin.removeAllContentTypeParsers()
    // many clients give every request a content type, and no body
    const parser = { parseAs: "string", bodyLimit: 1024 * 1024 } as const
    admin.addContentTypeParser<string>("application/json", parser, async (_request: unknown, body: string) =>
      parseBody(body, (message) => {
        throw new ApiError(400, "invalid_body", message)
      })
    )

    let unnamed = 0
    const newName = () => `world-${++unnamed}`
    const worldOf = (name: string) => {
      const world = worlds.get(name)
      if (world !== undefined) return world
      const names = worlds.all.map((world) => world.name)
      throw unknown("world", name, names)
    }

    admin.get("/openapi.json", () => openapi)
    for (const [route, row] of Object.entries(rows)) {
      const [method = "", path = ""] = route.split(" ")
      const { answer, body, bodyLimit, required = true, status = 200 } = row
      admin.route<{ Params: { readonly world?: string; readonly save: string } }>({
        method,
        url: fastifyUrl(path),
        ...(bodyLimit && { bodyLimit }),
        handler: async (request, reply) => {
          const { save, world } = request.params
          const place = world === undefined ? {} : { world: worldOf(world), saves: worlds.savesOf(world), save }
          const given = request.body ?? (required ? undefined : {})
          if (body !== undefined) checkBody(body, given)
          try {
            const answered = await answer({ worlds, newName, ...place, body: given } as Call<never>) // as the row says
            return reply.code(status).send(status === 204 ? undefined : answered)
          } catch (error) {
            throw refused(error)
          }
        }
      })
    }
  }
