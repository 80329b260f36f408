/**
 * The admin routes under `/__mock/v1`: worlds, their stories, signals, clocks and journals, for tests in any language.
 * They are not there unless the server is told a token for them.
 */
import type { FastifyInstance, FastifyRequest } from "fastify"
import { RealClock } from "../../clock/RealClock.js"
import { VirtualTime } from "../../clock/VirtualTime.js"
import { parseDuration } from "../../core/Duration.js"
import { isWorldName, tokenOf } from "../../core/Token.js"
import { verify } from "../../core/Verify.js"
import type { World } from "../../core/World.js"
import { ApiError } from "../envelope.js"
import type { Worlds } from "../worlds.js"
import { type Body, readBody } from "./bodies.js"
import { type AdminAccess, guard } from "./guard.js"
import { openapi } from "./openapi.js"

/** Where the admin routes are. */
export const adminPrefix = "/__mock/v1"

/** Later than this, the API's shapes have no room for a year. */
const endOfTime = Date.UTC(9999, 11, 31)

const notFound = (message: string) => new ApiError(404, "not_found", message)

/** A mistake of the caller that only the world notices, such as a story that does not exist. */
const orBadRequest = <A>(run: () => A): A => {
  try {
    return run()
  } catch (error) {
    if (error instanceof RangeError) throw new ApiError(400, "invalid_body", error.message)
    throw error
  }
}

export const adminRoutes =
  (worlds: Worlds, access: AdminAccess) =>
  async (admin: FastifyInstance): Promise<void> => {
    const check = guard(access)
    admin.addHook("onRoute", (route) => {
      route.config = { ...route.config, isAdmin: true }
    })
    admin.addHook("onRequest", (request, _reply, next) => {
      check(request)
      next()
    })
    admin.removeAllContentTypeParsers()
    admin.addContentTypeParser(
      "application/json",
      { parseAs: "string", bodyLimit: 1024 * 1024 },
      admin.getDefaultJsonParser("error", "error")
    )

    const worldOf = (request: FastifyRequest): World => {
      const { world: name } = request.params as { world: string } // by the route
      const world = worlds.get(name)
      if (world === undefined) throw notFound(`There is no world ${JSON.stringify(name.slice(0, 80))}.`)
      return world
    }

    const show = (world: World) => ({
      name: world.name,
      seed: world.seed,
      now: new Date(world.clock.now).toISOString(),
      clock: world.clock instanceof VirtualTime ? "manual" : "real",
      jobs: world.jobCount,
      requests: world.journal.count,
      openRequests: worlds.openRequests(world.name),
      token: tokenOf(world.name, "owner")
    })

    let unnamed = 0
    const create = ({ clock = "real", name, quirks, seed, speed = 1, tokens }: Body<"createWorld">): World => {
      for (const token of Object.keys(tokens ?? {})) {
        if (!isWorldName(token)) throw new ApiError(400, "invalid_body", `tokens: no token can be called ${token}`)
      }
      return orBadRequest(() =>
        worlds.createWith(name ?? `world-${++unnamed}`, () => ({
          seed,
          tokens,
          quirks,
          clock: clock === "manual" ? new VirtualTime({ mode: "manual" }) : new RealClock({ scale: speed })
        }))
      )
    }

    admin.get("/openapi.json", () => openapi)
    admin.get("/worlds", () => ({ worlds: worlds.all.map(show) }))
    admin.post("/worlds", (request, reply) => {
      const world = create(readBody("createWorld", request.body ?? {}))
      return reply.code(201).send(show(world))
    })
    admin.get("/worlds/:world", (request) => show(worldOf(request)))
    admin.delete("/worlds/:world", (request, reply) => {
      worlds.drop(worldOf(request).name)
      return reply.code(204).send()
    })
    admin.post("/worlds/:world/reset", (request) => {
      const { name } = worldOf(request)
      const open = worlds.openRequests(name)
      if (open > 0) throw new ApiError(409, "busy", `The world has ${open} request(s) under way: end them first.`)
      return show(worlds.reset(name) ?? worldOf(request))
    })
    admin.post("/worlds/:world/stories", (request, reply) => {
      const world = worldOf(request)
      const { story, workflow } = readBody("queueStory", request.body)
      orBadRequest(() => world.enqueue(story, workflow))
      return reply.code(204).send()
    })
    admin.post("/worlds/:world/signals", (request, reply) => {
      const world = worldOf(request)
      const { job, signal } = readBody("signal", request.body)
      if (world.job(job) === undefined) throw notFound(`There is no job ${JSON.stringify(job.slice(0, 80))}.`)
      orBadRequest(() => world.signal(job, signal))
      return reply.code(204).send()
    })
    admin.get("/worlds/:world/clock", (request) => ({ now: show(worldOf(request)).now }))
    admin.post("/worlds/:world/clock", async (request) => {
      const world = worldOf(request)
      const { advance } = readBody("advance", request.body)
      const millis = parseDuration(advance)
      if (world.clock.now + millis > endOfTime) {
        throw new ApiError(400, "invalid_body", `advance: found ${advance}, expected no further than the year 9999`)
      }
      await new Promise<void>((resolve) => world.clock.advance(millis, resolve))
      return { now: show(world).now }
    })
    admin.get("/worlds/:world/journal", (request) => {
      const { journal } = worldOf(request)
      return { count: journal.count, entries: journal.entries }
    })
    admin.post("/worlds/:world/verify", (request) =>
      verify(worldOf(request).journal.entries, readBody("verify", request.body))
    )
  }
